/** Magic numbers of statfs(2) of file systems on another machine: their mappings are not shared, so WAL would corrupt the file. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
]);

/** The name of a network file system; undefined: local, or cannot be told (FUSE, for one). */
export const networkFileSystem = (type: number): string | undefined => NETWORK.get(type);

/** Those of this machine that people know by name. */
const LOCAL: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0xf2f52010, 'F2FS'],
  [0x2fc12fc1, 'ZFS'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlay'],
  [0x65735546, 'FUSE'],
]);

/** A name for people. */
export const fileSystemName = (type: number): string => NETWORK.get(type) ?? LOCAL.get(type) ?? `type 0x${type.toString(16)}`;
