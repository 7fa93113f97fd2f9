/** A store's address as people may see it: without user and password, also where `/`, `?` or `@` in a password tore the address. */
export const shownAddress = (address: string): string => address.replace(/^([a-z][a-z0-9+.-]*:\/\/)(?:[^@/?]*@)?(?:[^=]*@)?/i, hide);

const hide = (found: string, scheme: string): string => (found === scheme ? scheme : `${scheme}…@`);
