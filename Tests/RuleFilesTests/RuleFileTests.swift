import Testing

@testable import RuleFiles

struct RuleFileTests {}
