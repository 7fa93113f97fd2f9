import { taskStream } from '../../../domain/ids.ts';
import { compareWithLog } from '../../../projections/compare.ts';
import type { Comparison } from '../../../projections/compare.ts';
import type { Call, Handler } from '../call.ts';
import { EXIT } from '../exits.ts';
import type { Opened } from '../open.ts';
import { done } from '../outcome.ts';
import { progressBar } from '../text/progressBar.ts';
import { noSuchTask } from '../missingTask.ts';
import { checkedId } from '../task.ts';
import { unreadableEvents } from '../unreadableEvents.ts';
import type { Fault } from '../unreadableEvents.ts';

/** Checksums and chains, every event by its schema, every fold, and the views against the log. Exit 7 when anything is wrong, 75 when stopped by a signal. */
export const verify: Handler = async (call) => {
  const id = call.args.text('task');
  const stream = id === undefined ? undefined : taskStream(checkedId(id));
  const opened = await call.open();
  const { checked, faults: damaged } = await checksums(call, opened, stream);
  if (id !== undefined && checked === 0 && damaged.length === 0) return noSuchTask(id, 'in this store');
  // A damaged log cannot be replayed: what is damaged is all that can be said of it.
  const whole = damaged.length === 0;
  const unreadable = whole ? await unreadableEvents({ store: opened.store, signal: call.io.stopped(), ...(stream === undefined ? {} : { stream }) }) : [];
  const compared = whole && stream === undefined ? await compareViews(call, opened) : undefined;
  const faults = [...damaged, ...unreadable];
  const sound = faults.length === 0 && (compared?.different ?? 0) === 0;
  const complete = !call.io.stopped().aborted;
  const said = sound
    ? complete
      ? okText(checked, compared)
      : `stopped after ${checked} events, nothing wrong so far; run it again`
    : `verify FAILED${whole ? '' : DAMAGED}`;
  const text = [...faults.map(({ position, fault }) => `position ${position}: ${fault}`), ...differencesOf(compared, call), said].join('\n');
  return done(
    { ok: sound && complete, complete, events: checked, faults, views: compared ?? null },
    text,
    sound ? (complete ? EXIT.ok : EXIT.later) : EXIT.store,
  );
};

const DAMAGED = ': the log is damaged, so its events were neither parsed nor compared with the views';

const checksums = async (
  { io }: Call,
  { store }: Opened,
  stream: string | undefined,
): Promise<{ readonly checked: number; readonly faults: readonly Fault[] }> => {
  const bar = progressBar(io, 'verify log');
  const faults: Fault[] = [];
  let checked = 0;
  for await (const progress of store.verify({ signal: io.stopped(), ...(stream === undefined ? {} : { stream }) })) {
    checked = progress.checked;
    bar.at(progress.checked, progress.total);
    if (progress.fault !== undefined) faults.push(progress.fault);
  }
  bar.end();
  return { checked, faults };
};

const compareViews = async ({ io }: Call, { store, readModel, clock }: Opened): Promise<Comparison | undefined> => {
  const bar = progressBar(io, 'verify views');
  const compared = await compareWithLog({
    store,
    readModel: await readModel(),
    clock,
    signal: io.stopped(),
    onProgress: ({ position, head }) => bar.at(Number(position), Number(head)),
  });
  bar.end();
  return compared;
};

const differencesOf = (compared: Comparison | undefined, { paste }: Call): readonly string[] => {
  if (compared === undefined || compared.different === 0) return [];
  const named = compared.differences.map(
    ({ view, key, kind, fields }) => `view ${view} ${key}: ${kind}${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`,
  );
  return [...named, `${compared.different} of ${compared.rows} rows differ from the log; next: ${paste('holdfast rebuild')}`];
};

const okText = (checked: number, compared: Comparison | undefined): string => `verify ok: ${checked} events sound${viewsText(compared)}`;

const viewsText = (compared: Comparison | undefined): string => {
  if (compared === undefined) return '';
  return compared.in_memory
    ? '; no views to compare: their file cannot be used, so each command folds the log anew'
    : `, ${compared.rows} rows of the views as the log says`;
};
