public import RefundPolicy

/// An instant that a test writes out; a wrong one ends the test run.
public func instant(_ text: String) -> Instant {
    guard let instant = Instant(text) else { preconditionFailure("\(text) is no instant") }
    return instant
}

/// A day that a test writes out.
public func day(_ text: String) -> CalendarDate {
    guard let date = CalendarDate(text) else { preconditionFailure("\(text) is no date") }
    return date
}

/// An amount in minor units.
public func money(_ minorUnits: Int64, _ code: String = "USD") -> Money {
    guard let currency = Currency(code: code), let money = Money(minorUnits: minorUnits, currency: currency) else {
        preconditionFailure("\(minorUnits) \(code) is no amount")
    }
    return money
}

/// A request's id.
public func requestID(_ text: String) -> RequestID {
    guard let id = RequestID(text) else { preconditionFailure("\(text) is no request id") }
    return id
}

/// An act of a person.
public func actionID(_ text: String) -> ActionID {
    guard let id = ActionID(text) else { preconditionFailure("\(text) is no action id") }
    return id
}

extension Duration {
    public static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    public static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
    public static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
    /// The shortest time that an instant can tell.
    public static let tick = Duration.microseconds(1)
}
