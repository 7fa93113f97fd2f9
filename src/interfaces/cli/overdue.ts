import { toMs } from '../../domain/instant.ts';
import { allClaims, overdueAmong, type OverdueClaim } from '../../projections/diagnostics/overdueClaims.ts';
import { getBoard } from '../../projections/lists.ts';
import type { Call } from './call.ts';
import type { Opened } from './open.ts';
import { overdueClaimsText } from './text/overdueText.ts';

/** The runs of the board whose lease is over, and what to say of them; `text` undefined when there are none. */
export const overdueRuns = async (
  { board, readModel, kind }: Opened,
  { io, paste }: Pick<Call, 'io' | 'paste'>,
): Promise<{ readonly overdue: readonly OverdueClaim[]; readonly text: string | undefined }> => {
  const now = io.clock.now();
  const { row, claims } = await (
    await readModel()
  ).read((rows) => ({ row: getBoard(rows, board.name), claims: allClaims(rows, board.name).filter(({ revoked }) => revoked === null) }));
  const overdue = row === undefined ? [] : overdueAmong(claims, row, { now, store_policy: kind.policy });
  const said = overdueClaimsText(overdue, claims.length, now);
  const unwatched = overdue.some(({ unwatched_from }) => toMs(unwatched_from) < now);
  return { overdue, text: said === undefined || !unwatched ? said : `${said}; next: ${paste('holdfast serve')}` };
};
