/// How much a policy file may hold, and between what its values must lie. They are far beyond what a policy needs, and
/// keep a wrong or hostile file from costing more than an error.
enum PolicyFileLimits {
    static let fileBytes = 1 << 20
    static let versions = 1_000
    /// In one version.
    static let terms = 1_000
    /// In one condition.
    static let patterns = 10_000
    /// In one version.
    static let holidays = 10_000
    static let nameCharacters = 128
    static let patternCharacters = 256
    static let longest: Duration = .seconds(3_650 * 86_400)
    static let returnWindowDays = 0...3_650
    static let businessDays = 0...FundsWindow.mostBusinessDays
    static let attempts = 1...Backoff.mostAttempts
    static let factor = 1.0...1_000.0
    static let jitter = 0.0...1.0
}
