internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

func casesPage(_ model: CasesModel, for viewer: Viewer) -> HTML {
    page("Cases", in: .cases, for: viewer) {
        search(model.query)
        section(heading(model), id: "found") {
            hints(model)
            if model.cases.isEmpty {
                tag("p", .class("empty")) { "No case is like that." }
            } else {
                list(model.cases, viewer.now)
            }
            tag("p", .class("pages")) {
                if model.query.before != nil || model.query.after != nil { link(first(model.query)) { "First page" } }
                if let next = model.next {
                    link(next.link, Attribute("rel", "next")) {
                        model.query.isByDeadline ? "Less urgent cases" : "Older cases"
                    }
                }
            }
        }
    }
}

private func first(_ query: CasesQuery) -> Link {
    var query = query
    query.before = nil
    query.after = nil
    return query.link
}

private func heading(_ model: CasesModel) -> String {
    let query = model.query
    var parts = [query.status.map { "\($0.title)" }, query.deadline?.title, query.day.map { "due on \($0)" }]
    parts.append(query.reason.map { "reason \($0.name)" })
    let conditions = parts.compactMap(\.self).joined(separator: ", ")
    if let text = query.text {
        return "Cases with \(query.criterion.title) “\(text)”" + (conditions.isEmpty ? "" : ", \(conditions)")
    }
    return conditions.isEmpty ? "The newest cases" : "Cases: \(conditions)"
}

private func hints(_ model: CasesModel) -> HTML {
    tag("div", .class("hints")) {
        if let archived = model.archived {
            notice(.plain, "Archived") {
                tag("p") {
                    "The case \(model.query.text ?? "") is \(archived.status.rawValue). Its history was moved to a file on "
                    time(archived.archivedAt)
                    "."
                }
            }
        }
        if let search = model.search {
            tag("p", .class("hint")) {
                search.isComplete
                    ? "Looked for among \(counted(search.indexed, "case")); request ids are looked for among all."
                    : "The console is still reading the store: the newest \(counted(search.indexed, "case")) can be found by now."
            }
        }
        if let lookedAt = model.lookedAt {
            tag("p", .class("hint")) {
                "Reasons are computed from each case: \(counted(lookedAt, "case was", "cases were")) read for this page."
            }
        }
    }
}

private func search(_ query: CasesQuery) -> HTML {
    tag(
        "form", .class("search"), Attribute("method", "get"), Attribute("action", "/cases"), Attribute("role", "search")
    ) {
        tag("div", .class("field wide")) {
            tag("label", Attribute("for", "q")) { "Id" }
            mark(
                "input", .id("q"), Attribute("name", "q"), Attribute("value", query.text ?? ""),
                Attribute("maxlength", "200"), Attribute("autocomplete", "off"), Attribute("spellcheck", "false"))
        }
        choice("by", "Look by", CasesQuery.Criterion.allCases.map { ($0.rawValue, $0.title) }, query.criterion.rawValue)
        choice(
            "status", "Status", [("", "any")] + CaseStatus.allCases.map { ($0.rawValue, $0.title) },
            query.status?.rawValue ?? "")
        choice(
            "deadline", "Deadline", [("", "any")] + CasesQuery.Deadline.allCases.map { ($0.rawValue, $0.title) },
            query.deadline?.rawValue ?? "")
        choice(
            "code", "Reason", [("", "any")] + ReasonCode.allCases.map { ($0.name, $0.name) }, query.reason?.name ?? "")
        tag("div", .class("field")) {
            tag("label", Attribute("for", "due")) { "Due on (UTC)" }
            mark(
                "input", .id("due"), Attribute("name", "due"), Attribute("type", "date"),
                Attribute("value", query.day?.description ?? ""))
        }
        tag("div", .class("buttons")) {
            tag("button") { "Look" }
            if query.isFiltered { link(Link("cases")) { "All cases" } }
        }
    }
}

/// A list of values to choose from.
func choice(_ name: String, _ title: String, _ values: [(value: String, title: String)], _ chosen: String) -> HTML {
    tag("div", .class("field")) {
        tag("label", Attribute("for", name)) { title }
        tag("select", .id(name), Attribute("name", name)) {
            for (value, title) in values {
                tag("option", Attribute("value", value), value == chosen ? Attribute("selected") : nil) { title }
            }
        }
    }
}

/// Cases with what tells them apart.
func list(_ cases: [ListedCase], _ now: Instant) -> HTML {
    table(
        "Cases",
        [
            Column("Request"), Column("Status"), Column("Submitted"), Column("Next deadline"), Column("Order"),
            Column("Refund", isNumeric: true), Column("Paid", isNumeric: true),
        ],
        cases.map { listed in
            let refundCase = listed.refundCase
            let id = refundCase.id.text
            return [
                link(Link("cases", id)) { code(id) }, refundCase.state.status.pill,
                time(refundCase.request.submittedAt),
                deadline(of: refundCase, now), refundCase.request.orderNumber.map(code) ?? HTML("–"),
                refundCase.shownRefund.map(money) ?? HTML("–"),
                money(refundCase.request.invoice.paid),
            ]
        })
}

private func deadline(of refundCase: RefundCase, _ now: Instant) -> HTML {
    guard let deadline = refundCase.listedDeadline else { return HTML("–") }
    return time(deadline, from: now) + (deadline <= now ? pill("missed", .bad) : HTML())
}
