'use strict';
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

const pack = join(__dirname, '../dist/pack');
const script = require(join(pack, 'load.cjs')).start();
process.once('exit', () => writeFileSync(join(pack, 'cli.cache'), script.createCachedData()));
