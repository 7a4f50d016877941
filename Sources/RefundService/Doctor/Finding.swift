/// What the doctor looks at, in the order in which it is told.
public enum DoctorTopic: String, Hashable, Sendable, CaseIterable {
    case settings, broker, permissions, topology, queues, store, policy, clock, limits
}

/// One thing that was looked at, and what to make of it.
public struct DoctorFinding: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        case good
        /// The worker works, but somebody should look.
        case warning
        /// The worker can't work like this, or not safely.
        case wrong
        /// It could not be found out.
        case notSeen = "not_seen"
    }

    public let topic: DoctorTopic
    /// What was looked at, such as `node mq1:5672`.
    public let subject: String
    public let state: State
    /// What was seen; never a password, and nothing of a message.
    public let seen: String
    /// What follows from it; `nil` where all is good.
    public let meaning: String?
    /// The command that mends it, or where there is none what to do.
    public let remedy: String?
}

extension DoctorTopic {
    func good(_ subject: String, _ seen: String) -> DoctorFinding {
        DoctorFinding(topic: self, subject: subject, state: .good, seen: seen, meaning: nil, remedy: nil)
    }

    func warning(_ subject: String, _ seen: String, meaning: String, remedy: String) -> DoctorFinding {
        DoctorFinding(topic: self, subject: subject, state: .warning, seen: seen, meaning: meaning, remedy: remedy)
    }

    func wrong(_ subject: String, _ seen: String, meaning: String, remedy: String) -> DoctorFinding {
        DoctorFinding(topic: self, subject: subject, state: .wrong, seen: seen, meaning: meaning, remedy: remedy)
    }

    /// - Parameter remedy: how to find it out.
    func notSeen(_ subject: String, _ seen: String, remedy: String? = nil) -> DoctorFinding {
        DoctorFinding(topic: self, subject: subject, state: .notSeen, seen: seen, meaning: nil, remedy: remedy)
    }
}

/// A word as a shell's argument.
func shellWord(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "-"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
    return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
}
