/// What programs take from the system rather than along, with releases of its own.
package enum ReleasePackage: String, Hashable, Sendable {
  case glibc
  /// libstdc++ and libgcc_s, which come with the compiler.
  case gcc = "GCC"
}
