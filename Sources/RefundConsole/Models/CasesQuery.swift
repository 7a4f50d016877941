internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// Which cases are looked for, as the address says it.
struct CasesQuery: Hashable, Sendable {
    /// What people look by.
    enum Criterion: String, CaseIterable, Sendable {
        case any, request, order, invoice, subscription, customer

        var title: String { self == .any ? "any id" : rawValue }

        /// The identifiers that it stands for.
        var kinds: [IdentifierIndex.Kind] {
            self == .any ? IdentifierIndex.Kind.allCases : IdentifierIndex.Kind(rawValue: rawValue).map { [$0] } ?? []
        }
    }

    /// A choice of deadlines.
    enum Deadline: String, CaseIterable, Sendable {
        case overdue
        case day = "24h"
        case twoDays = "48h"
        case week = "7d"
        case twoWeeks = "14d"

        var title: String { self == .overdue ? "overdue" : "due within \(rawValue)" }
    }

    var text: String?
    var criterion = Criterion.any
    var status: CaseStatus?
    var deadline: Deadline?
    /// A day in UTC on which the earliest deadline falls.
    var day: CalendarDate?
    var reason: ReasonCode?
    /// Where the last page ended, in the order of numbers.
    var before: CaseID?
    /// The same in the order of deadlines.
    var after: CaseFilter.Urgency?

    init() {}

    /// - Throws: `PageProblem` for a value that no page of ours leads to.
    init(_ form: Form) throws(PageProblem) {
        text = form["q"]?.trimmed
        if let text, text.utf8.count > 200 { throw .invalid("An id is at most 200 bytes long.") }
        criterion = try CasesQuery.choice("by", form) { Criterion(rawValue: $0) } ?? .any
        status = try CasesQuery.choice("status", form) { CaseStatus(rawValue: $0) }
        deadline = try CasesQuery.choice("deadline", form) { Deadline(rawValue: $0) }
        day = try CasesQuery.choice("due", form) { CalendarDate($0) }
        reason = try CasesQuery.choice("code", form) { name in ReasonCode.allCases.first { $0.name == name } }
        before = try CasesQuery.choice("before", form) { Int64($0).map { CaseID($0) } }
        after = try CasesQuery.choice("after", form) { CaseFilter.Urgency($0) }
    }

    private static func choice<Value>(
        _ name: String, _ form: Form, _ read: (String) -> Value?
    ) throws(PageProblem) -> Value? {
        guard let text = form[name] else { return nil }
        guard let value = read(text) else { throw .invalid("The address says \(name)=…, which is none of its values.") }
        return value
    }

    var isByDeadline: Bool { deadline != nil || day != nil }

    var isFiltered: Bool { text != nil || status != nil || isByDeadline || reason != nil }

    /// The address that says the same, or the next page of it.
    var link: Link {
        Link(
            "cases",
            query: [
                ("q", text), ("by", criterion == .any ? nil : criterion.rawValue), ("status", status?.rawValue),
                ("deadline", deadline?.rawValue), ("due", day?.description), ("code", reason?.name),
                ("before", before.map { "\($0.number)" }), ("after", after?.text),
            ])
    }

    static let pageSize = 50

    /// The store's filter for a page.
    func filter(at now: Instant, limit: Int) -> CaseFilter {
        var filter = CaseFilter(statuses: status.map { [$0] } ?? [], limit: limit, before: before, after: after)
        if isByDeadline { filter.order = .mostUrgentFirst }
        switch deadline {
        case .overdue: filter.overdueAt = now
        case .day: filter.dueBefore = now + .seconds(86_400)
        case .twoDays: filter.dueBefore = now + .seconds(2 * 86_400)
        case .week: filter.dueBefore = now + .seconds(7 * 86_400)
        case .twoWeeks: filter.dueBefore = DeadlinesModel.horizon(at: now)
        case nil: break
        }
        if let day {
            filter.dueFrom = max(DeadlinesModel.start(of: day), now)
            let end = DeadlinesModel.start(of: day.adding(days: 1))
            filter.dueBefore = filter.dueBefore.map { min($0, end) } ?? end
        }
        return filter
    }

    /// Whether a case is meant, as far as the store's filter can't tell.
    func matches(_ refundCase: RefundCase) -> Bool {
        guard let reason else { return true }
        if reason == .rejectedByReview { return refundCase.review?.verdict == .reject }
        return refundCase.decision.reasons.contains(reason)
    }

    /// Whether a case that an index of identifiers led to has the identifier.
    func isNamed(by request: RefundRequest) -> Bool {
        guard let text else { return true }
        return (criterion == .any || criterion == .request) && request.id.text == text
            || criterion.kinds.contains { $0.text(of: request) == text }
    }

    /// Goes on behind this case.
    func following(_ last: ListedCase) -> CasesQuery {
        var next = self
        if isByDeadline {
            next.after = last.refundCase.listedDeadline.map { CaseFilter.Urgency(deadline: $0, id: last.id) }
        } else {
            next.before = last.id
        }
        return next
    }
}

extension CaseFilter.Urgency {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: ".")
        guard parts.count == 2, let time = Int64(parts[0]), let number = Int64(parts[1]) else { return nil }
        self.init(deadline: Instant(microsecondsSinceEpoch: time), id: CaseID(number))
    }

    fileprivate var text: String { "\(deadline.microsecondsSinceEpoch).\(id.number)" }
}

extension String {
    /// Without white space around it; `nil` when nothing is left.
    var trimmed: String? {
        let text = drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
        return text.isEmpty ? nil : String(text)
    }
}
