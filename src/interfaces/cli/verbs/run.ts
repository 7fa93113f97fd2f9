import type { Handler } from '../call.ts';
import { failed } from '../outcome.ts';

export const run: Handler = async () => failed('Defect', 'run is not here yet');
