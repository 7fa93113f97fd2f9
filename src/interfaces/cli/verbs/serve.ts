import type { Handler } from '../call.ts';
import { failed } from '../outcome.ts';

export const serve: Handler = async () => failed('Defect', 'serve is not here yet');
