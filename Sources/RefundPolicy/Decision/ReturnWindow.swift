/// The days on which a return of what was bought can be asked for (contract § 1).
struct ReturnWindow: Hashable, Sendable {
    /// The day from which it counts, which is day 0.
    let firstDay: CalendarDate
    /// Still in time.
    let lastDay: CalendarDate
    /// How many days it counts.
    let days: Int
    /// Whether those are all the days that there are, one after the other.
    let isPlain: Bool
}

extension PolicyVersion {
    /// The window of a request's return; the one that was missed where another version has told so.
    func returnWindow(for request: RefundRequest) -> ReturnWindow {
        if let missedWindow { return missedWindow }
        let issuedOn = request.invoice.issuedOn
        let start = returnWindowFrom == .contract ? request.concludedOn ?? issuedOn : issuedOn
        let last =
            switch returnWindowCounts {
            case .calendar: start.adding(days: returnWindowDays)
            case .business: calendar.businessDay(returnWindowDays, after: start)
            }
        return ReturnWindow(
            firstDay: start, lastDay: returnWindowRolls ? calendar.businessDay(from: last) : last,
            days: returnWindowDays, isPlain: returnWindowCounts == .calendar && !returnWindowRolls)
    }

    /// Whether a return comes after its window; the day of issue is day 0.
    func isTooLate(_ request: RefundRequest, submittedOn: CalendarDate) -> Bool {
        guard request.kind == .return else { return false }
        return missedWindow != nil || submittedOn > returnWindow(for: request).lastDay
    }

    /// What a request is judged as: a return that comes too late may count as a cancellation.
    func kind(judging request: RefundRequest, submittedOn: CalendarDate) -> RefundRequest.Kind {
        let counts = missedWindow != nil || lateReturn == .cancel
        return counts && isTooLate(request, submittedOn: submittedOn) ? .cancellation : request.kind
    }

    func kindJudged(_ request: RefundRequest) -> RefundRequest.Kind {
        kind(judging: request, submittedOn: timeZone.date(of: request.submittedAt))
    }
}
