import RefundPolicy

/// What came of reading the policy.
enum PolicyReading: Hashable, Sendable {
    /// No file is set.
    case standard
    case read(file: String, name: String, versions: [String], timeZones: [String])
    case failed(file: String, problem: String)
}

/// Judges the policy's file.
func judgePolicy(_ reading: PolicyReading) -> DoctorFinding {
    let topic = DoctorTopic.policy
    switch reading {
    case .standard:
        return topic.good("policy", "the standard policy: policy.file is not set")
    case .read(let file, let name, let versions, let zones):
        let count = versions.count == 1 ? "version" : "versions"
        return topic.good(
            "policy",
            "\(file): \(name), \(count) \(versions.joined(separator: ", ")), time zone \(zones.joined(separator: ", "))"
        )
    case .failed(let file, let problem):
        return topic.wrong(
            "policy", problem, meaning: "no worker starts with it",
            remedy: "mend the file, then refund-worker policy --check \(shellWord(file))")
    }
}

/// Judges whether the machine has the world's time zones, for policies that name one.
func judgeTimeZones(areKnown: Bool) -> DoctorFinding {
    areKnown
        ? DoctorTopic.policy.good("time zones", "known to this machine")
        : DoctorTopic.policy.warning(
            "time zones", "this machine knows none but UTC",
            meaning: "a policy of another time zone can't be read here",
            remedy: "apt-get install tzdata")
}
