public import RefundPolicy
internal import RefundWorker
internal import Synchronization

/// Holds a policy against the versions that a store's cases were decided by (contract § 5): one that is in use and comes
/// with other content is refused, until whoever starts the worker says that it is meant.
final class PoliciesInUse: Sendable {
    private let policy: Policy
    private let isAccepted: Bool
    private let report: @Sendable (PolicyError) -> Void
    private let state = Mutex(State())

    private struct State {
        var isChecked = false
        var refusal: ChangedPolicyError?
    }

    /// - Parameters:
    ///   - acceptsChanges: whether it was said (`--accept-changed-policy`).
    ///   - report: is told of each text in the store that can't be read.
    init(_ policy: Policy, acceptsChanges: Bool, report: @escaping @Sendable (PolicyError) -> Void) {
        self.policy = policy
        isAccepted = acceptsChanges
        self.report = report
    }

    /// Looks once; what was found right is not looked at again.
    ///
    /// - Throws: `ChangedPolicyError`, or `StoreError` where the store can't be asked.
    func check(_ open: () throws(StoreError) -> any CaseReader) throws {
        guard !isAccepted, !state.withLock({ $0.isChecked }) else { return }
        let texts = try open().policyTexts()
        do {
            try check(against: texts)
        } catch {
            state.withLock { $0.refusal = error }
            throw error
        }
        state.withLock { $0.isChecked = true }
    }

    /// Why the policy was refused, by whichever lane looked: a store that had to be migrated is looked at by them first.
    var refusal: ChangedPolicyError? { state.withLock { $0.refusal } }

    /// - Parameter texts: of all versions in use, those of last first. One that version 1 of the contract has left says
    ///   nothing of this policy, and neither does one that can't be read; the latter is reported.
    func check(against texts: [String]) throws(ChangedPolicyError) {
        let used = texts.compactMap(version).filter { $0.name == policy.name && $0.firstReading == nil }
        for version in policy.versions {
            let same = used.filter { $0.effectiveFrom == version.effectiveFrom }
            // Whichever content was accepted before stays so.
            guard let latest = same.first, !same.contains(version) else { continue }
            throw ChangedPolicyError(stored: latest, given: version)
        }
    }

    private func version(_ text: String) -> PolicyVersion? {
        do throws(PolicyError) {
            return try PolicyVersion(yaml: text, fileName: "the store")
        } catch {
            report(error)
            return nil
        }
    }
}

/// A version of the policy that cases were decided by has other content than it had.
public struct ChangedPolicyError: Error, Hashable, CustomStringConvertible {
    public let stored: PolicyVersion
    public let given: PolicyVersion

    public init(stored: PolicyVersion, given: PolicyVersion) {
        self.stored = stored
        self.given = given
    }

    /// What differs, the store's lines with `-` and the file's with `+`.
    public var differences: [String] {
        let (before, after) = (lines(of: stored), lines(of: given))
        let change = after.difference(from: before)
        return change.removals.map { "- \(text(of: $0))" } + change.insertions.map { "+ \(text(of: $0))" }
    }

    public var description: String {
        """
        the policy's version \(given.version) (\(given.name)) is in use, and comes with other content; cases of it keep the \
        terms that they were opened under, so give the change a version of its own with a later effective_from, or start \
        once with --accept-changed-policy if it is meant for new cases of this version
        (- as the store's cases have it, + as the file has it)

        """ + differences.joined(separator: "\n")
    }

    private func lines(of version: PolicyVersion) -> [String] {
        version.yaml.split(separator: "\n").map(String.init)
    }

    private func text(of change: CollectionDifference<String>.Change) -> String {
        switch change {
        case .insert(_, let line, _), .remove(_, let line, _): String(line.drop { $0 == " " })
        }
    }
}
