const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Every board and log that the specs make goes into one folder, so that `end.cjs` can leave nothing behind. */
module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
};
