import type { Handler } from '../call.ts';
import { failed } from '../outcome.ts';

export const work: Handler = async () => failed('Defect', 'work is not here yet');
