// The import table of the design: a folder, what it may import from src (besides itself), what from npm, and whether from Node itself.
const port = '^src/eventstore/[^/]+[.]ts$';
const adapters = '^src/eventstore/(memory|sqlite|eventstoredb)/';
const domain = '^src/domain/';
const board = '^src/board/';
const platform = '^src/platform/';
const projections = '^src/projections/';
const anything = '.';
const nothing = '^$';

const table = [
  { name: 'domain', path: domain, src: [], npm: ['zod'], node: false },
  { name: 'eventstore-port', path: port, src: [], npm: [], node: false },
  { name: 'memory', path: '^src/eventstore/memory/', src: [port, platform], npm: [], node: true },
  { name: 'sqlite', path: '^src/eventstore/sqlite/', src: [port, platform], npm: [], node: true },
  { name: 'eventstoredb', path: '^src/eventstore/eventstoredb/', src: [port, platform], npm: ['@eventstore/db-client'], node: true },
  { name: 'board', path: board, src: [domain, port], npm: [], node: false },
  { name: 'projections', path: projections, src: [domain, port, platform], npm: ['rxjs'], node: true },
  { name: 'watchdog', path: '^src/watchdog/', src: [domain, projections, platform], npm: ['rxjs'], node: true },
  { name: 'worker', path: '^src/worker/', src: [domain, board, platform], npm: [], node: true },
  { name: 'audit', path: '^src/audit/', src: [domain, board], npm: [], node: false },
  { name: 'platform', path: platform, src: [], npm: [anything], node: true },
  { name: 'interfaces', path: '^src/interfaces/', src: [anything], except: adapters, npm: [anything], node: true },
  { name: 'web', path: '^src/web/', src: [domain], npm: [anything], node: false },
  { name: 'roots', path: '^src/(compose|boardIds|stores|storeKind|hosting|logs|index|rx|worker)[.]ts$', src: [anything], npm: [anything], node: true },
];

const packages = (names) => names.map((name) => (name === anything ? 'node_modules/' : `node_modules/${name}/`));

const rulesOf = ({ name, path, src, except = nothing, npm, node }) => [
  { name: `${name}-src`, severity: 'error', from: { path }, to: { path: '^src/', pathNot: [path, ...src] } },
  { name: `${name}-src-except`, severity: 'error', from: { path }, to: { path: except } },
  { name: `${name}-npm`, severity: 'error', from: { path }, to: { path: 'node_modules/', pathNot: packages(npm) } },
  ...(node ? [] : [{ name: `${name}-node`, severity: 'error', from: { path }, to: { dependencyTypes: ['core'] } }]),
];

module.exports = {
  forbidden: [
    ...table.flatMap(rulesOf),
    {
      name: 'not-in-the-table',
      comment: 'A new folder of src needs a line in the table above, and in the design.',
      severity: 'error',
      from: { path: '^src/', pathNot: table.map(({ path }) => path) },
      to: {},
    },
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^node:|/dist/' } },
    {
      name: 'no-undeclared-package',
      comment: 'What src imports is in dependencies, not in devDependencies, and not somebody else’s.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-knows-no-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'worker-parts',
      comment: 'What runs a command and what a program calls stand on the claim of a worker, never the other way round, nor on each other.',
      severity: 'error',
      from: { path: '^src/worker/([^/]+[.]ts$|child/|bridge/)' },
      to: { path: '^src/worker/(child|bridge)/', pathNot: '^src/worker/$1' },
    },
    {
      name: 'sqlite-driver',
      comment: 'The driver has one seam, so that a newer Node can use its own.',
      severity: 'error',
      from: { path: '^src/', pathNot: platform },
      to: { path: ['node_modules/@photostructure/sqlite/', '^(node:)?sqlite$'] },
    },
    {
      name: 'eventstoredb-client',
      comment: 'The client has one folder, so that a swap touches one folder; it also costs 140 ms to load.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/eventstore/eventstoredb/' },
      to: { path: 'node_modules/@eventstore/' },
    },
    {
      name: 'rxjs',
      comment: 'One-shot commands do not pay for loading rxjs.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/observed[.]ts|projections/live[.]ts|watchdog/|rx[.]ts|compose[.]ts)' },
      to: { path: 'node_modules/rxjs/' },
    },
  ],
  options: {
    parser: 'swc', // its own TypeScript support ends before version 7; this way it cannot read `using`, so we write try/finally
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
