internal import RefundMessages

/// The JSON Schema (draft 2020-12) of one message, or of the policy file, as a file of `Schemas` has it.
public struct ContractSchema: Hashable, Sendable {
    /// Which way the messages go, as the worker sees it.
    public enum Direction: String, Hashable, Sendable {
        /// Other systems send it.
        case inbound
        /// Other systems receive it.
        case outbound
        /// It is no message: operators write it.
        case file
    }

    /// The message's type, such as `refund.requested`, or `policy`.
    public let name: String
    public let direction: Direction
    /// The schema's JSON, as its file has it.
    public let text: String

    private init(_ name: String, _ direction: Direction, _ file: [UInt8]) {
        self.name = name
        self.direction = direction
        text = String(decoding: file, as: UTF8.self)
    }

    /// Every schema: what comes in, what goes out, and the policy file.
    public static let all: [ContractSchema] = [
        ContractSchema("refund.requested", .inbound, PackageResources.refund_requested_json),
        ContractSchema("refund.withdrawn", .inbound, PackageResources.refund_withdrawn_json),
        ContractSchema("refund.reviewed", .inbound, PackageResources.refund_reviewed_json),
        ContractSchema("refund.retried", .inbound, PackageResources.refund_retried_json),
        ContractSchema("command.succeeded", .inbound, PackageResources.command_succeeded_json),
        ContractSchema("command.failed", .inbound, PackageResources.command_failed_json),
        ContractSchema("payouts.paused", .inbound, PackageResources.payouts_paused_json),
        ContractSchema("payouts.resumed", .inbound, PackageResources.payouts_resumed_json),
        ContractSchema("access.revoke", .outbound, PackageResources.access_revoke_json),
        ContractSchema("payout.issue", .outbound, PackageResources.payout_issue_json),
        ContractSchema("notice.received", .outbound, PackageResources.notice_received_json),
        ContractSchema("notice.decided", .outbound, PackageResources.notice_decided_json),
        ContractSchema("notice.settled", .outbound, PackageResources.notice_settled_json),
        ContractSchema("notice.delayed", .outbound, PackageResources.notice_delayed_json),
        ContractSchema("notice.withdrawn", .outbound, PackageResources.notice_withdrawn_json),
        ContractSchema("notice.withdrawal_refused", .outbound, PackageResources.notice_withdrawal_refused_json),
        ContractSchema("alert.deadline_at_risk", .outbound, PackageResources.alert_deadline_at_risk_json),
        ContractSchema("alert.deadline_missed", .outbound, PackageResources.alert_deadline_missed_json),
        ContractSchema("alert.needs_attention", .outbound, PackageResources.alert_needs_attention_json),
        ContractSchema("policy", .file, PackageResources.policy_json),
    ]

    /// The schema of that name.
    public static func named(_ name: String) -> ContractSchema? {
        all.first { $0.name == name }
    }

    /// What it describes, in one line.
    public var title: String { member("title")?.string ?? "" }

    /// Instances that hold to it, each as JSON on one line.
    public var examples: [String] {
        (member("examples")?.elements ?? []).map { onOneLine($0.text) }
    }

    private func member(_ name: String) -> JSONValue? {
        let document = try? JSONDocument(Array(text.utf8))
        return document?.root.members.first { $0.name.string == name }?.value
    }
}

/// JSON text without its line ends and indents; in a string neither can stand as such.
private func onOneLine(_ json: String) -> String {
    json.split(separator: "\n").map { $0.drop { $0 == " " } }.reduce(into: "") { line, part in
        let isOpening = line.last == "{" || line.last == "["
        let isClosing = part.first == "}" || part.first == "]"
        line += line.isEmpty || isOpening || isClosing ? part : " \(part)"
    }
}
