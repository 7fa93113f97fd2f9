import { eventStoreDbDouble } from '../../test/support/eventStoreDb/eventStoreDbDouble.ts';
import { whenTold } from '../support/children.ts';

/** A server for a bench that was given none: the protocol double, away from the process that is measured. */
await whenTold(async () => {
  const { address } = await eventStoreDbDouble();
  setInterval(() => undefined, 60_000); // until it is killed
  return address;
});
