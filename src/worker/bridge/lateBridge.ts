import { NO_RUN, type NotSaid, type Reported } from './activityResult.ts';
import type { Reports } from './runReport.ts';
import { touching, type Attempted, type Touch } from './touch.ts';

type Bridge = Reports & { readonly attempt: () => Promise<Attempted> };
type Parts = {
  readonly inRun: () => boolean;
  /** Loads what speaks to the board, which costs time. */
  readonly load: () => Promise<Bridge>;
  /** Resolves when it may be loaded again after it could not be. */
  readonly rest: () => Promise<void>;
};

/**
 * A worker's words about its run, by a bridge that is loaded at the first of them. A load that failed (no file handle left, a package that is being
 * replaced) is answered as a failure and forgotten, so that a later word tries it again.
 */
export const lateBridge = ({ inRun, load, rest }: Parts): Touch & Reports => {
  let loading: Promise<Bridge> | undefined;
  const bridge = (): Promise<Bridge> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));
  const loaded = (): Promise<Bridge | NotSaid> => bridge().catch(notLoaded);

  const touch = touching({
    inRun,
    attempt: async () => {
      const found = await loaded();
      return 'ok' in found ? { result: found, rest: rest(), over: null } : found.attempt();
    },
  });
  const reported = async (say: (bridge: Bridge) => Promise<Reported>): Promise<Reported> => {
    if (!inRun()) return NO_RUN;
    const found = await loaded();
    const answer = 'ok' in found ? found : await say(found);
    if (answer.ok) touch.silence();
    return answer;
  };
  return {
    ...touch,
    budgetExhausted: (options) => reported((say) => say.budgetExhausted(options)),
    rateLimited: (options) => reported((say) => say.rateLimited(options)),
  };
};

const notLoaded = (error: unknown): NotSaid => ({
  ok: false,
  code: 'Failed',
  message: `holdfast could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
});
