import type { Holdfast } from '../../compose.ts';
import type { DiagnosticBatch } from '../../projections/diagnostics/diagnosticChanges.ts';
import { diagnosticChanges } from '../../projections/diagnostics/diagnosticChanges.ts';
import { listDiagnostics } from '../../projections/diagnostics/list.ts';
import { onlyAllowed } from '../../worker/allowed.ts';
import { DIAGNOSTIC_CHANGES, DIAGNOSTICS } from './allowedOptions.ts';
import type { LibraryBoard } from './libraryBoard.ts';

/** What a person should look at, asked for or as it changes. `over`: the board closes. */
export const libraryDiagnostics = (
  { board, clock, kind, readModel }: Pick<Holdfast, 'board' | 'clock' | 'kind' | 'readModel'>,
  over: AbortSignal,
): Pick<LibraryBoard, 'diagnostics' | 'diagnosticChanges'> => {
  const place = { board: board.name, store_policy: kind.policy };
  return {
    diagnostics: async (options = {}) => {
      onlyAllowed('diagnostics', DIAGNOSTICS, options);
      return (await readModel()).read((rows) => listDiagnostics(rows, { ...options, ...place, now: clock.now() }));
    },
    diagnosticChanges: async function* (given = {}): AsyncGenerator<DiagnosticBatch, void, void> {
      onlyAllowed('diagnosticChanges', DIAGNOSTIC_CHANGES, given);
      const { signal, ...options } = given;
      const ends = signal === undefined ? over : AbortSignal.any([over, signal]);
      yield* diagnosticChanges({ ...options, ...place, clock, readModel: await readModel(), signal: ends });
    },
  };
};
