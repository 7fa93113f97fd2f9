import type { EventStore } from './port.ts';
import type { Digest } from './streamSums.ts';

export type CopyProgress = { readonly phase: 'compare' | 'copy' | 'verify'; readonly done: number; readonly total: number };

export type CopyStreams = {
  readonly from: EventStore;
  readonly to: EventStore;
  /** Only streams whose name begins with one of these. */
  readonly prefixes: readonly string[];
  readonly digest: Digest;
  /** Appends under way at a time; more than one only where a store keeps them in the order in which they were called. Default 1. */
  readonly at_once?: number;
  /** Ends it early; the same call again goes on. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CopyProgress) => void;
};

/** A stream that is in the way, and why. */
export type StreamFault = { readonly stream: string; readonly why: string };
