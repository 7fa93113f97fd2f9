import { systemClock } from '../../../platform/clock.ts';
import { pack, packedText } from './pack.ts';
import { DemoInput } from './tasks.ts';

/** Between two passes over a package (ms): a run that goes on until it is ended leaves the processor to the others. */
const PAUSE_MS = 200;

const [taskId = '', input = '{}'] = process.argv.slice(2);
const { folder, first_run } = DemoInput.parse(JSON.parse(input));

const endless = async (): Promise<never> => {
  for (let pass = 1; ; pass += 1) {
    const packed = await pack(folder);
    if (first_run === 'talking') console.log(`${taskId}: pass ${pass}, ${packedText(packed)}`);
    await systemClock().sleep(PAUSE_MS);
  }
};

try {
  if (first_run !== 'ends' && process.env['HOLDFAST_RUN'] === '1') await endless();
  console.log(packedText(await pack(folder)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
