/** What is made when it is first asked for. `made`: undefined when nobody asked yet. */
export const once = <Value>(make: () => Promise<Value>): { readonly get: () => Promise<Value>; readonly made: () => Promise<Value> | undefined } => {
  let made: Promise<Value> | undefined;
  return { get: () => (made ??= make()), made: () => made };
};
