import type { Setting } from '../../../platform/config.ts';
import { failureOf } from '../failures.ts';
import type { Handler } from '../call.ts';
import { NoBoard } from '../open.ts';
import { done } from '../outcome.ts';
import { policyLines, policyRows } from '../text/policyRows.ts';
import { pausedText } from '../text/pausedText.ts';
import { table } from '../text/table.ts';

const fromText = ({ value, from, where }: Setting): readonly string[] => [value, `${from}: ${where}`];

export const where: Handler = async (call) => {
  const { settings, actor, worker } = call;
  if (settings.store === null) return failureOf(new NoBoard(settings.location.home));
  const { board, shown } = await call.open();
  const store = { ...settings.store, value: shown };
  const state = await board.state();
  const policy = policyRows(state);
  const rows = [
    ['store', ...fromText(store)],
    ['board', ...fromText(settings.board)],
    ['worker', worker, settings.worker === null ? 'default: user@host' : `${settings.worker.from}: ${settings.worker.where}`],
    ['actor', `${actor.kind}:${actor.id}`, settings.as === null ? 'default' : `${settings.as.from}: ${settings.as.where}`],
  ];
  const note = state.exists
    ? state.paused === null
      ? ''
      : `\n${pausedText(state.paused, call.io.clock.now(), call.paste)}`
    : `\nthere is no board ${board.name} in this store yet; next: ${call.paste('holdfast init')}`;
  return done(
    { store, board: settings.board, worker, actor, exists: state.exists, paused: state.paused, policy },
    `${table(rows)}${note}\npolicy\n${policyLines(policy)}`,
  );
};
