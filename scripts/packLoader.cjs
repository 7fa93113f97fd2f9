'use strict';
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const ENTRY = 'dist/interfaces/cli/main.js';
const filename = join(__dirname, 'cli.js');
const root = dirname(dirname(__dirname));

const cached = () => {
  try {
    return readFileSync(join(__dirname, 'cli.cache'));
  } catch {
    return undefined;
  }
};

/** Runs the packed command line; answers its script, from which a cache can be made. */
exports.start = () => {
  const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: cached() });
  const modules = script.runInThisContext()();
  const loaded = new Map();
  const load = (id) => {
    const known = loaded.get(id);
    if (known !== undefined) return known.exports;
    if (!Object.hasOwn(modules, id)) return require(id);
    const module = { exports: {} };
    loaded.set(id, module);
    modules[id](module, module.exports, load, join(root, id));
    return module.exports;
  };
  load(ENTRY);
  return script;
};
