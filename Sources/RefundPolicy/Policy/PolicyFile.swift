extension Policy {
    /// Reads a policy file (contract § 5).
    ///
    /// `name`, `versions` and each version's `effective_from` must be there; what else a version leaves out it takes
    /// from `PolicyVersion.standard`. Nothing is overlooked: an unknown or repeated field, a value of another type or
    /// out of range, and versions out of order are errors.
    ///
    /// - Parameters:
    ///   - yaml: the file's text, 1 MiB at most.
    ///   - fileName: what errors call the file.
    /// - Throws: `PolicyError` for the first thing that is wrong, with its line, column and field.
    public init(yaml: String, fileName: String) throws(PolicyError) {
        let file = PolicyFileField(document: try PolicyFileDocument(yaml: yaml, fileName: fileName))
        let fields = try file.members(["name", "versions"])
        let nameHint = "write the policy's name, such as name: standard"
        let name = try fields.required("name", nameHint).text(atMost: PolicyFileLimits.nameCharacters, nameHint)
        let list = try fields.required("versions", "write a list with a version at least, each with effective_from")
        let entries = try list.elements(atMost: PolicyFileLimits.versions, of: "versions")
        var versions: [PolicyVersion] = []
        for entry in entries {
            versions.append(try entry.policyVersion(name: name, after: versions.last?.effectiveFrom))
        }
        guard let policy = Policy(name: name, versions: versions) else {
            throw list.error("there is no version", "write a version at least, with its effective_from")
        }
        self = policy
    }
}

extension PolicyFileField {
    fileprivate func policyVersion(name: String, after previous: CalendarDate?) throws(PolicyError) -> PolicyVersion {
        let fields = try members([
            "effective_from", "time_zone", "return_window", "respond_within", "refund_within", "at_risk", "funds",
            "non_returnable", "rounding", "payout", "cooling_off", "review_above", "commands",
        ])
        let from = try fields.required("effective_from", "write the first day that the version applies to")
        var version = PolicyVersion.standard
        version.name = name
        version.effectiveFrom = try from.effectiveFrom(after: previous)
        if let field = fields["time_zone"] { version.timeZone = try field.timeZone() }
        if let field = fields["return_window"] {
            version.returnWindowDays = try field.days(in: PolicyFileLimits.returnWindowDays)
        }
        try readDeadlines(fields, into: &version)
        if let field = fields["funds"] { version.funds = try field.fundsWindow(version.funds) }
        if let field = fields["non_returnable"] { version.nonReturnable = try field.patterns() }
        if let field = fields["rounding"] { version.rounding = try field.word(Rounding.self) }
        if let field = fields["payout"] { version.payout = try field.word(PayoutOrder.self) }
        if let field = fields["cooling_off"] { version.coolingOff = try field.duration(atLeast: .zero) }
        if let field = fields["review_above"] { version.reviewAbove = try field.reviewLimits() }
        if let field = fields["commands"] { version.commands = try field.commandTerms(version.commands) }
        return version
    }

    private func effectiveFrom(after previous: CalendarDate?) throws(PolicyError) -> CalendarDate {
        let date = try date()
        if let previous, date <= previous {
            throw error(
                date == previous ? "two versions take effect on \(date)" : "\(date) comes before \(previous)",
                "list the versions from the oldest to the newest, each with a day of its own")
        }
        return date
    }

    /// The deadlines and how long before them alerts go out; no alert may be due before its request.
    private func readDeadlines(
        _ fields: PolicyFileMembers, into version: inout PolicyVersion
    ) throws(PolicyError) {
        if let field = fields["respond_within"] { version.respondWithin = try field.duration(atLeast: .seconds(1)) }
        if let field = fields["refund_within"] { version.refundWithin = try field.duration(atLeast: .seconds(1)) }
        let atRisk = try fields["at_risk"]?.members(["response", "refund"])
        if let field = atRisk?["response"] { version.atRisk.response = try field.duration(atLeast: .zero) }
        if let field = atRisk?["refund"] { version.atRisk.refund = try field.duration(atLeast: .zero) }
        if version.atRisk.response > version.respondWithin {
            throw (atRisk?["response"] ?? fields["respond_within"] ?? self).error(
                "at_risk.response (\(version.atRisk.response.policyText)) is longer than respond_within "
                    + "(\(version.respondWithin.policyText))", "write an at_risk.response no longer than that")
        }
        if version.atRisk.refund > version.refundWithin {
            throw (atRisk?["refund"] ?? fields["refund_within"] ?? self).error(
                "at_risk.refund (\(version.atRisk.refund.policyText)) is longer than refund_within "
                    + "(\(version.refundWithin.policyText))", "write an at_risk.refund no longer than that")
        }
    }

    private func fundsWindow(_ standard: FundsWindow) throws(PolicyError) -> FundsWindow {
        let fields = try members(["earliest", "latest", "holidays"])
        var funds = standard
        if let field = fields["earliest"] { funds.earliest = try field.integer(in: PolicyFileLimits.businessDays) }
        if let field = fields["latest"] { funds.latest = try field.integer(in: PolicyFileLimits.businessDays) }
        guard funds.earliest <= funds.latest else {
            throw (fields["latest"] ?? fields["earliest"] ?? self).error(
                "latest (\(funds.latest)) is less than earliest (\(funds.earliest))",
                "write a latest of \(funds.earliest) or more")
        }
        guard let list = fields["holidays"] else { return funds }
        var days: Set<CalendarDate> = []
        for field in try list.elements(atMost: PolicyFileLimits.holidays, of: "holidays") {
            let day = try field.date()
            guard days.insert(day).inserted else { throw field.error("\(day) is listed twice", "keep one of the two") }
        }
        funds.holidays = Array(days)
        return funds
    }

    private func patterns() throws(PolicyError) -> [ServicePattern] {
        var seen: Set<ServicePattern> = []
        var patterns: [ServicePattern] = []
        for field in try elements(atMost: PolicyFileLimits.patterns, of: "services") {
            let pattern = try field.pattern()
            guard seen.insert(pattern).inserted else {
                throw field.error("\(shown(pattern.text)) is listed twice", "keep one of the two")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    private func reviewLimits() throws(PolicyError) -> [Money] {
        let fields = try members("write an amount for each currency, such as USD: \"1000.00\"") { (code: String) in
            Currency(code: code) == nil
                ? ("\(shown(code)) is no currency", "write a code of ISO 4217 in capitals, such as USD") : nil
        }
        var limits: [Money] = []
        for (code, field) in fields.all {
            if let currency = Currency(code: code) { limits.append(try field.amount(currency)) }
        }
        return limits.sorted { $0.currency.packed < $1.currency.packed }
    }

    private func commandTerms(_ standard: CommandTerms) throws(PolicyError) -> CommandTerms {
        let fields = try members(["reply_within", "backoff", "max_attempts"])
        var terms = standard
        if let field = fields["reply_within"] { terms.replyWithin = try field.duration(atLeast: .milliseconds(1)) }
        if let field = fields["backoff"] { terms.backoff = try field.backoff(terms.backoff) }
        if let field = fields["max_attempts"] { terms.maxAttempts = try field.integer(in: PolicyFileLimits.attempts) }
        return terms
    }

    private func backoff(_ standard: Backoff) throws(PolicyError) -> Backoff {
        let fields = try members(["first", "factor", "cap", "jitter"])
        var backoff = standard
        if let field = fields["first"] { backoff.first = try field.duration(atLeast: .milliseconds(1)) }
        if let field = fields["factor"] { backoff.factor = try field.number(in: PolicyFileLimits.factor) }
        if let field = fields["cap"] { backoff.cap = try field.duration(atLeast: .milliseconds(1)) }
        if let field = fields["jitter"] { backoff.jitter = try field.number(in: PolicyFileLimits.jitter) }
        guard backoff.first <= backoff.cap else {
            throw (fields["cap"] ?? fields["first"] ?? self).error(
                "cap (\(backoff.cap.policyText)) is shorter than first (\(backoff.first.policyText))",
                "write a cap of \(backoff.first.policyText) or more")
        }
        return backoff
    }
}
