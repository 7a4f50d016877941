extension Policy {
    /// Reads a policy file (contract § 5).
    ///
    /// `name`, `versions` and each version's `effective_from` must be there; what else a version leaves out it takes
    /// from the version before it, and the first one from `PolicyVersion.standard`. Nothing is overlooked: an unknown
    /// or repeated field, a value of another type or out of range, and versions out of order are errors.
    ///
    /// - Parameters:
    ///   - yaml: the file's text, 1 MiB at most.
    ///   - fileName: what errors call the file.
    /// - Throws: `PolicyError` for the first thing that is wrong, with its line, column and field.
    public init(yaml: String, fileName: String) throws(PolicyError) {
        let file = PolicyFileField(document: try PolicyFileDocument(yaml: yaml, fileName: fileName), form: .file)
        self = try file.policy(try file.members(["name", "versions"]))
    }
}

/// What a policy's text is read as. A stored text was right when it was kept, and cases can't be read without it: what
/// policy files are asked for since then is not asked of it.
enum PolicyFileForm {
    /// A policy file (contract § 5).
    case file
    /// What a store keeps since version 2 of the contract.
    case stored
    /// What a store has kept before that (`FirstReading`).
    case storedBefore
}

extension PolicyFileField {
    /// The policy of these members.
    func policy(_ fields: PolicyFileMembers) throws(PolicyError) -> Policy {
        let nameHint = "write the policy's name, such as name: standard"
        let name = try fields.required("name", nameHint).text(atMost: PolicyFileLimits.nameCharacters, nameHint)
        let list = try fields.required("versions", "write a list with a version at least, each with effective_from")
        let entries = try list.elements(atMost: PolicyFileLimits.versions, of: "versions")
        var versions: [PolicyVersion] = []
        // The terms that hold until a version names others.
        var terms: PolicyFileField?
        for entry in entries {
            let fields = try entry.versionMembers()
            var version = versions.last ?? .standard
            version.name = name
            let from = try fields.required("effective_from", "write the first day that the version applies to")
            version.effectiveFrom = try from.effectiveFrom(after: versions.last?.effectiveFrom)
            version.terms = []
            if form == .storedBefore { version.readByFirstReading() }
            try entry.readChanges(fields, into: &version)
            if let named = fields["terms"] {
                version.terms = try named.policyTerms(of: version)
                terms = named
            } else if let terms {
                version.terms = try entry.inherited(terms, by: version)
            }
            versions.append(version)
        }
        guard let policy = Policy(name: name, versions: versions) else {
            throw list.error("there is no version", "write a version at least, with its effective_from")
        }
        return policy
    }

    private func versionMembers() throws(PolicyError) -> PolicyFileMembers {
        switch form {
        case .file, .stored: try members(["effective_from"] + PolicyFileField.changeable + ["terms"])
        case .storedBefore: try members(["effective_from"] + PolicyFileField.changeable + ["non_returnable"])
        }
    }

    /// What a version names, and what terms may change.
    private static let changeable = [
        "time_zone", "calendar", "return_window", "return_window_rolls", "return_window_from", "return_amount",
        "late_return", "proof", "acknowledge", "respond_within", "refund_within", "at_risk", "funds", "returnable",
        "cancellable", "rounding", "payout", "cooling_off", "review_above", "commands",
    ]

    /// Reads what is named into `version`, which keeps the rest.
    private func readChanges(_ fields: PolicyFileMembers, into version: inout PolicyVersion) throws(PolicyError) {
        if let field = fields["time_zone"] { version.timeZone = try field.timeZone() }
        if let field = fields["calendar"] { version.calendar = try field.calendar(version.calendar) }
        if let field = fields["return_window"] {
            (version.returnWindowDays, version.returnWindowCounts) = try field.windowDays()
        }
        if let field = fields["return_window_rolls"] { version.returnWindowRolls = try field.truth() }
        if let field = fields["return_window_from"] { version.returnWindowFrom = try field.word(WindowStart.self) }
        if let field = fields["proof"] { version.proof = try field.word(Proof.self) }
        if let field = fields["acknowledge"] { version.acknowledges = try field.truth() }
        if let field = fields["return_amount"] { version.returnAmount = try field.word(ReturnAmount.self) }
        if let field = fields["late_return"] { version.lateReturn = try field.word(LateReturn.self) }
        try readDeadlines(fields, into: &version)
        if let field = fields["funds"] {
            version.funds = try field.fundsWindow(version.funds, isFirst: version.firstReading != nil)
            if version.firstReading != nil, let holidays = try field.formerHolidays() {
                version.calendar = BusinessCalendar(holidays: holidays)
            }
        }
        if let field = fields["returnable"] { version.isReturnable = try field.truth() }
        if let field = fields["cancellable"] { version.isCancellable = try field.truth() }
        if let field = fields["non_returnable"] { version.firstReading?.nonReturnable = try field.formerPatterns() }
        if let field = fields["rounding"] { version.rounding = try field.word(Rounding.self) }
        if let field = fields["payout"] { version.payout = try field.word(PayoutOrder.self) }
        if let field = fields["cooling_off"] { version.coolingOff = try field.period(atLeast: .zero) }
        if let field = fields["review_above"] { version.reviewAbove = try field.reviewLimits() }
        if let field = fields["commands"] { version.commands = try field.commandTerms(version.commands) }
    }

    /// The terms of a version: each with a name of its own, conditions, and what it changes.
    private func policyTerms(of version: PolicyVersion) throws(PolicyError) -> [PolicyTerms] {
        var names: Set<String> = []
        var terms: [PolicyTerms] = []
        let hint = "write the terms' name, such as name: eu-consumers"
        for entry in try elements(atMost: PolicyFileLimits.terms, of: "terms") {
            let fields = try entry.members(["name", "when"] + PolicyFileField.changeable)
            let nameField = try fields.required("name", hint)
            let name = try nameField.text(atMost: PolicyFileLimits.nameCharacters, hint)
            guard names.insert(name).inserted else {
                throw nameField.error("two terms have the name \(shown(name))", "give each a name of its own")
            }
            let condition = try fields.required(
                "when", "write for which requests, such as when: {service: [setup-fee]}"
            ).termsCondition()
            var changed = version
            try entry.readChanges(fields, into: &changed)
            terms.append(PolicyTerms(name: name, when: condition, version: changed))
        }
        return terms
    }

    /// Terms of an earlier version, with what this one has; where the two do not fit, it is this one that has changed.
    private func inherited(
        _ terms: PolicyFileField, by version: PolicyVersion
    ) throws(PolicyError) -> [PolicyTerms] {
        do {
            return try terms.policyTerms(of: version)
        } catch {
            throw self.error(
                "\(error.field) does not fit what this version changes: \(error.problem)",
                "\(error.remedy), or give this version terms of its own")
        }
    }

    /// At least one condition; each is a list, of which one must be so.
    private func termsCondition() throws(PolicyError) -> TermsCondition {
        let fields = try members(["service", "country", "consumer", "segment", "kind", "currency"])
        guard !fields.all.isEmpty || form != .file else {
            throw error("there is no condition", "write at least one, or change the version itself")
        }
        var condition = TermsCondition()
        if let field = fields["service"] {
            condition.services = try field.list("services") { field throws(PolicyError) in try field.pattern() }
        }
        if let field = fields["country"] {
            condition.countries = try field.list("countries") { field throws(PolicyError) in try field.country() }
        }
        if let field = fields["consumer"] { condition.isConsumer = try field.truth() }
        if let field = fields["segment"] {
            condition.segments = try field.list("segments") { field throws(PolicyError) in
                try field.text(atMost: PolicyFileLimits.patternCharacters, "write a segment, such as plus")
            }
        }
        if let field = fields["kind"] {
            condition.kinds = try field.list("kinds") { field throws(PolicyError) in
                try field.word(RefundRequest.Kind.self)
            }
        }
        if let field = fields["currency"] {
            condition.currencies = try field.list("currencies") { field throws(PolicyError) in try field.currency() }
        }
        return condition
    }

    /// One at least, each once.
    private func list<Element: Hashable>(
        _ what: String, _ read: (PolicyFileField) throws(PolicyError) -> Element
    ) throws(PolicyError) -> [Element] {
        var seen: Set<Element> = []
        var found: [Element] = []
        for field in try elements(atMost: PolicyFileLimits.patterns, of: what) {
            let element = try read(field)
            guard seen.insert(element).inserted else {
                throw field.error("it is listed twice", "keep one of the two")
            }
            found.append(element)
        }
        guard !found.isEmpty else { throw error("the list is empty", "name one at least, or remove the condition") }
        return found
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
        if let field = fields["respond_within"] { version.respondWithin = try field.period(atLeast: .seconds(1)) }
        if let field = fields["refund_within"] { version.refundWithin = try field.period(atLeast: .seconds(1)) }
        let atRisk = try fields["at_risk"]?.members(["response", "refund"])
        if let field = atRisk?["response"] { version.atRisk.response = try field.period(atLeast: .zero) }
        if let field = atRisk?["refund"] { version.atRisk.refund = try field.period(atLeast: .zero) }
        guard form == .file else { return }
        let risks = [
            ("response", version.atRisk.response, "respond_within", version.respondWithin),
            ("refund", version.atRisk.refund, "refund_within", version.refundWithin),
        ]
        for (name, risk, deadline, period) in risks where !risk.fits(in: period, by: version.calendar) {
            let isPlain = risk.isTime && period.isTime
            throw (atRisk?[name] ?? fields[deadline] ?? self).error(
                "at_risk.\(name) (\(risk.policyText)) \(isPlain ? "is" : "can be") longer than \(deadline) "
                    + "(\(period.policyText))\(isPlain ? "" : ", over a weekend")",
                "write an at_risk.\(name) that is \(isPlain ? "no longer" : "always shorter")")
        }
    }

    /// - Parameter isFirst: whether holidays stood here, as they did before version 2 of the contract.
    private func fundsWindow(_ standard: FundsWindow, isFirst: Bool) throws(PolicyError) -> FundsWindow {
        let fields = try members(["earliest", "latest"] + (isFirst ? ["holidays"] : []))
        var funds = standard
        if let field = fields["earliest"] { funds.earliest = try field.integer(in: PolicyFileLimits.businessDays) }
        if let field = fields["latest"] { funds.latest = try field.integer(in: PolicyFileLimits.businessDays) }
        guard funds.earliest <= funds.latest else {
            throw (fields["latest"] ?? fields["earliest"] ?? self).error(
                "latest (\(funds.latest)) is less than earliest (\(funds.earliest))",
                "write a latest of \(funds.earliest) or more")
        }
        return funds
    }

    private func formerHolidays() throws(PolicyError) -> [CalendarDate]? {
        try members(["earliest", "latest", "holidays"])["holidays"]?.holidays()
    }

    private func calendar(_ standard: BusinessCalendar) throws(PolicyError) -> BusinessCalendar {
        let fields = try members(["weekend", "holidays"])
        var weekend = standard.weekend
        if let list = fields["weekend"] {
            weekend = []
            for field in try list.elements(atMost: 6, of: "days of the weekend") {
                let day = try field.weekday()
                guard !weekend.contains(day) else {
                    throw field.error("\(day.name) is listed twice", "keep one of the two")
                }
                weekend.append(day)
            }
        }
        return BusinessCalendar(weekend: weekend, holidays: try fields["holidays"]?.holidays() ?? standard.holidays)
    }

    private func holidays() throws(PolicyError) -> [CalendarDate] {
        var days: Set<CalendarDate> = []
        for field in try elements(atMost: PolicyFileLimits.holidays, of: "holidays") {
            let day = try field.date()
            guard days.insert(day).inserted else { throw field.error("\(day) is listed twice", "keep one of the two") }
        }
        return days.sorted()
    }

    /// Services that were excluded before version 2 of the contract: none, or some that may mean the same, since only
    /// what was the same byte for byte was refused then.
    private func formerPatterns() throws(PolicyError) -> [ServicePattern] {
        var patterns: [ServicePattern] = []
        for field in try elements(atMost: PolicyFileLimits.patterns, of: "services") {
            patterns.append(try field.pattern())
        }
        return patterns
    }

    /// `nil` for the word `none`.
    private func reviewLimits() throws(PolicyError) -> [Money]? {
        if isWord("none") { return nil }
        let fields = try members("write an amount for each currency, such as USD: \"1000.00\", or none") {
            (code: String) in
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
        if let field = fields["reply_within"] { terms.replyWithin = try field.period(atLeast: .milliseconds(1)) }
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
