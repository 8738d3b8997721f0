/// Whose way of reading an archive counts, where readers differ in what they forgive.
enum ReadingRules {
  /// What GNU tar, bsdtar and Python's tarfile take alike: an archive that is unpacked as it is.
  case archive
  /// What engines take, which read layers by Go's archive/tar and keep the names of each in a list.
  case layer
  /// What the kernel and GNU cpio take alike.
  case initramfs
}
