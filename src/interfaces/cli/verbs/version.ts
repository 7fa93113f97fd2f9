import { version } from '../../../platform/version.ts';
import type { Handler } from '../call.ts';
import { done } from '../outcome.ts';

/** As `holdfast --version`, which also answers where the settings cannot be read. */
export const showVersion: Handler = () => Promise.resolve(done({ version: version() }, version()));
