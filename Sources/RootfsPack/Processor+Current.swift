internal import CLinux
internal import ELF
internal import FileTree
internal import Loader

extension Processor {
  /// The processor of this machine, so far as loaders of programs for it look: on x86-64.
  static func current() -> Processor {
    let features = clinux_x86_features()
    guard features.level > 0 else { return .baseline }
    return Processor(
      level: features.level > 1 ? ByteString("x86-64-v\(features.level)") : nil, machine: .amd64,
      platform: features.is_haswell ? "haswell" : nil,
      capabilities: features.has_avx512_1 ? ["avx512_1"] : [])
  }
}
