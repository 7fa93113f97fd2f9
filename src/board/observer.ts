import { Evidence, type Judge } from '../domain/evidence.ts';
import type { Started } from '../domain/process.ts';
import type { CommandOf, TaskCommandType } from '../domain/task/commands.ts';
import type { FoldedTask } from '../domain/task/codec.ts';
import type { RecordedEvent } from '../eventstore/port.ts';
import type { Metadata } from './board.ts';
import type { Look } from './ports.ts';

/** The command as it is to be decided on a state. */
type Seen<Type extends TaskCommandType> = (command: CommandOf<Type>, folded: FoldedTask) => CommandOf<Type>;

/** Fills in what is not the caller's to say: who speaks, and how the processes of this host look at the moment of the decision. Async only where one must look. */
export const observer = ({ look, version }: { readonly look: Look; readonly version: string }) => {
  const lingering = async <Type extends TaskCommandType>(type: Type): Promise<Seen<Type>> => {
    const lookAt = await look();
    const alive = (child: Started | null) => child !== null && lookAt({ process: null, started: child }).process === 'alive';
    return (now, folded) => ({ ...now, lingering: childrenOf(type, folded).some(alive) });
  };
  const probed = async <Type extends TaskCommandType>({ actor }: Metadata, by: object): Promise<Seen<Type>> => {
    const lookAt = await look();
    const judge: Judge = { kind: 'operator', id: actor.id, version };
    return (now, folded) => (folded.status === 'running' ? { ...now, ...by, probe: lookAt(folded.run), judge } : { ...now, ...by });
  };
  return <Type extends TaskCommandType>(type: Type, command: CommandOf<Type>, sent: Metadata): Seen<Type> | Promise<Seen<Type>> => {
    if ('lingering' in command) return lingering(type);
    const by = 'by_human' in command ? { by_human: sent.actor.kind === 'human' } : undefined;
    if ('force' in command && 'probe' in command) return probed(sent, by ?? {});
    return by === undefined ? (now) => now : (now) => ({ ...now, ...by });
  };
};

/** The children that must not be alive: for a claim those of earlier runs, for a new child the one that the open run has. */
const childrenOf = (type: TaskCommandType, folded: FoldedTask): readonly (Started | null)[] => {
  if (type === 'ClaimTask') return 'runs' in folded ? folded.runs.map(({ child }) => child) : [];
  return folded.status === 'running' ? [folded.run.started] : [];
};

/** The command as its first run saw it: at that instant, with that look at the processes, from somebody who might give it. */
export const asFirstSeen = <Type extends TaskCommandType>(command: CommandOf<Type>, { data }: RecordedEvent): CommandOf<Type> => {
  const at = typeof data['at'] === 'string' ? data['at'] : command.at;
  const evidence = Evidence.safeParse(data['evidence']);
  const by = 'by_human' in command ? { by_human: true } : {};
  if (!('probe' in command) || !evidence.success) return { ...command, ...by, at };
  const { probe, judge, discounted_ms, beat_discounted_ms } = evidence.data;
  return { ...command, ...by, at, probe, judge, ...('discounted_ms' in command ? { discounted_ms, beat_discounted_ms } : {}) };
};
