import type { OverCap } from './caps.ts';
import type { Instant } from './instant.ts';

/** One reason why nothing happens to a task, with its facts. */
export type WaitingFor = { readonly kind: 'pause'; readonly since: Instant; readonly reason: string | null } | ({ readonly kind: 'cap' } & OverCap);
