public import RefundPolicy

/// The policy in force: that of the file, or else the standard policy.
///
/// - Throws: `SettingsError` when the file can't be read, `PolicyError` when it is wrong.
public func openPolicy(_ settings: Settings) throws -> Policy {
    guard let path = settings.policyFile else { return .standard }
    return try openPolicy(path)
}

/// The policy that a file holds.
///
/// - Throws: as above.
public func openPolicy(_ path: String) throws -> Policy {
    try Policy(yaml: readText(path, limit: 1_048_576, what: "the policy file"), fileName: path)
}
