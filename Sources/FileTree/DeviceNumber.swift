/// The numbers of a character or block device.
package struct DeviceNumber: Hashable, Sendable {
  package let major: UInt32
  package let minor: UInt32

  package init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }
}

extension DeviceNumber: CustomStringConvertible {
  package var description: String { "\(major):\(minor)" }
}
