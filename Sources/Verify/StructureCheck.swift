package import Archive

/// The first rung: what reading the archive by itself has shown.
enum StructureCheck {
  /// - Parameter describe: a violation in words, with its place.
  static func result(
    of bundle: ReadBundle, describe: (Violation) -> (place: String, message: String)
  ) -> RungResult {
    let findings = bundle.violations.map { violation in
      let text = describe(violation)
      return VerifyFinding(
        violation.isFatal ? .fails : .warns, text.place, text.message)
    }
    var summary = "\(bundle.entries.count) entries"
    if let image = bundle.image {
      summary += " in \(image.layers.count) layer\(image.layers.count == 1 ? "" : "s")"
      if !bundle.violations.contains(where: \.fault.isOfDigest) { summary += ", digests right" }
    }
    return RungResult(.structure, findings.outcome, summary, findings: findings)
  }
}

extension Violation.Fault {
  fileprivate var isOfDigest: Bool {
    switch self {
    case .digest, .diffID: true
    default: false
    }
  }

}

extension Violation {
  /// Whether an engine refuses it, or engines take it differently.
  package var isFatal: Bool {
    switch fault {
    case .digest, .diffID, .mediaType, .layoutVersion, .platform, .diffIDCount, .historyCount,
      .dockerManifest, .hardLinkToLowerLayer, .whiteoutBehind, .belowWhiteout, .missingTrailer:
      true
    case .configurationName, .missingBlob, .unreferenced, .missingParent, .parentAfterContent,
      .unsorted, .absoluteName, .repeatedDirectory, .repeatedEntry, .strayContent, .oddNumber,
      .sparse, .contiguous, .globalHeader, .linkLeavesRoot, .hardLinkMetadata, .replacesLink,
      .replacesDirectory, .whiteoutOfNothing, .renewedDirectory, .opaqueRoot, .repeatedRecord,
      .missingEnd, .loneZeroBlock, .bytesBehindEnd, .padding, .bytesBehindCompression, .special,
      .more:
      false
    }
  }
}
