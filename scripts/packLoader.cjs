'use strict';
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

// The pack stands for a module that lies as deep in dist as this one's siblings do: paths relative to import.meta.url hold.
const filename = join(__dirname, 'cli.cjs');
const PARAMETERS = 'exports, require, module, importMetaUrl';

const cached = () => {
  try {
    return readFileSync(join(__dirname, 'cli.cache'));
  } catch {
    return undefined;
  }
};

/** Runs the packed command line; answers its script, from which a cache can be made. */
exports.start = () => {
  const script = new Script(`(function (${PARAMETERS}) {${readFileSync(filename, 'utf8').replace(/^#!.*/, '')}\n})`, { filename, cachedData: cached() });
  script.runInThisContext()(exports, require, module, pathToFileURL(filename).href);
  return script;
};
