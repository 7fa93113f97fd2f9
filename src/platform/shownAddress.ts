/** A store's address as people may see it: without user and password. */
export const shownAddress = (address: string): string => address.replace(/\/\/[^@/?]*@/, '//…@');
