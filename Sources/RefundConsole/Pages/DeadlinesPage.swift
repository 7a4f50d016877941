internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

func deadlinesPage(_ model: DeadlinesModel, for viewer: Viewer) -> HTML {
    page("Deadlines", in: .deadlines, for: viewer, live: Section.deadlines.link.text) {
        section("Today and the next \(DeadlinesModel.days - 1) days", id: "picture", live: true) {
            summary(model)
            picture(model.stretches)
            figuresOfDays(model.stretches)
        }
        section("Most urgent", id: "urgent", live: true) { urgent(model, viewer.now) }
    }
}

private func summary(_ model: DeadlinesModel) -> HTML {
    let missed = model.stretches[0]
    let today = model.stretches[1]
    let coming = model.stretches.dropFirst()
    return tag("ul", .class("figures")) {
        tag("li") {
            link(missed.link, .class("figure \(missed.count == 0 ? "plain" : "bad")")) {
                tag("span", .class("value")) { grouped("\(missed.count)") }
                tag("span", .class("what")) { "overdue" }
            }
        }
        tag("li") {
            link(
                Link("cases", query: [("deadline", "48h")]), .class("figure \(model.atRisk == 0 ? "plain" : "warning")")
            ) {
                tag("span", .class("value")) { grouped("\(model.atRisk)") }
                tag("span", .class("what")) { "at risk" }
            }
        }
        tag("li") {
            link(today.link, .class("figure plain")) {
                tag("span", .class("value")) { grouped("\(today.count)") }
                tag("span", .class("what")) { "due later today" }
            }
        }
        tag("li") {
            link(Link("cases", query: [("deadline", "14d")]), .class("figure plain")) {
                tag("span", .class("value")) { grouped("\(coming.map(\.count).reduce(0, +))") }
                tag("span", .class("what")) { "due in \(DeadlinesModel.days - 1) days" }
            }
        }
    }
}

/// Bars of answers and refunds. Labels stand below in HTML, so that they keep their size on a narrow screen.
private func picture(_ stretches: [DeadlinesModel.Stretch]) -> HTML {
    let most = max(stretches.map(\.count).max() ?? 0, 1)
    return tag("figure", .class("chart days")) {
        tag("figcaption", .class("legend")) {
            tag("span", .class("key answers")) { "answers due (filled)" }
            tag("span", .class("key refunds")) { "refunds due (striped)" }
        }
        tag(
            "svg", Attribute("viewBox", "0 0 \(stretches.count * 40) 160"), Attribute("preserveAspectRatio", "none"),
            Attribute("role", "group"), .label("Promises due by day in UTC; each bar leads to its cases")
        ) {
            stripes
            for (place, stretch) in stretches.enumerated() { bar(place, stretch, most: most) }
        }
        tag("ol", .class("days"), Attribute("aria-hidden", "true")) {
            for stretch in stretches {
                tag("li", stretch.day.map { $0.isWeekend ? .class("weekend") : nil } ?? .class("missed")) {
                    tag("span") {
                        String((stretch.day?.weekday ?? "over").prefix(1))
                        tag("span", .class("rest")) { String((stretch.day?.weekday ?? "over").dropFirst()) }
                    }
                    tag("span") { stretch.day.map { "\($0.parts.day)" } ?? "due" }
                }
            }
        }
    }
}

private var stripes: HTML {
    tag("defs") {
        tag(
            "pattern", .id("stripes"), Attribute("width", "8"), Attribute("height", "8"),
            Attribute("patternUnits", "userSpaceOnUse"), Attribute("patternTransform", "rotate(45)")
        ) {
            tag("rect", .class("ground"), Attribute("width", "8"), Attribute("height", "8"))
            tag("rect", .class("stripe"), Attribute("width", "4"), Attribute("height", "8"))
        }
    }
}

private func bar(_ place: Int, _ stretch: DeadlinesModel.Stretch, most: Int) -> HTML {
    func height(_ count: Int) -> Int { count == 0 ? 0 : max(4, count * 150 / most) }
    let (answers, refunds) = (height(stretch.answers), height(stretch.refunds))
    let name = stretch.day.map { "\($0.weekday) \($0)" } ?? "Overdue"
    let amounts = stretch.stakes.map { "\(grouped($0.amount.decimal)) \($0.amount.currency.code)" }
    let label =
        "\(name): \(counted(stretch.answers, "answer")), \(counted(stretch.refunds, "refund"))"
        + (amounts.isEmpty ? "" : ", \(amounts.joined(separator: ", "))")
    return tag("a", .href(stretch.link), .label(label), .class(stretch.day == nil ? "missed" : "day")) {
        tag("title") { label }
        rect("hit", x: place * 40, y: 0, width: 40, height: 160)
        rect("refunds", x: place * 40 + 5, y: 160 - refunds, width: 30, height: refunds)
        rect("answers", x: place * 40 + 5, y: 160 - refunds - answers, width: 30, height: answers)
    }
}

private func rect(_ name: String, x: Int, y: Int, width: Int, height: Int) -> HTML {
    tag(
        "rect", .class(name), Attribute("x", "\(x)"), Attribute("y", "\(max(y, 0))"), Attribute("width", "\(width)"),
        Attribute("height", "\(height)"))
}

private func figuresOfDays(_ stretches: [DeadlinesModel.Stretch]) -> HTML {
    let shown = stretches.filter { $0.count > 0 || $0.day == nil }
    return tag("details", .class("more")) {
        tag("summary") { "The figures of each day" }
        table(
            "Promises due by day in UTC",
            [
                Column("Day"), Column("Answers", isNumeric: true), Column("Refunds", isNumeric: true),
                Column("At stake", isNumeric: true),
            ],
            shown.map { stretch in
                [
                    link(stretch.link) { stretch.day.map { "\($0.weekday) \($0)" } ?? "Overdue" },
                    number(stretch.answers), number(stretch.refunds), stakes(stretch.stakes),
                ]
            })
    }
}

/// Amounts of several currencies below each other.
func stakes(_ stakes: [Stake]) -> HTML {
    guard !stakes.isEmpty else { return HTML("–") }
    return tag("span", .class("stakes")) {
        for stake in stakes { money(stake.amount) }
    }
}

private func urgent(_ model: DeadlinesModel, _ now: Instant) -> HTML {
    guard !model.urgent.isEmpty else { return tag("p", .class("empty")) { "Nothing is due." } }
    return promises("The most urgent promises", model.urgent, now)
        + tag("p") { link(Link("cases", query: [("deadline", "14d")])) { "All that is due in 14 days" } }
}

/// Promises with their cases, the most urgent first.
func promises(_ caption: String, _ promises: [OwedPromise], _ now: Instant) -> HTML {
    table(
        caption,
        [
            Column("Request"), Column("Promise"), Column("Due"), Column("Standing"), Column("Case"),
            Column("At stake", isNumeric: true),
        ],
        promises.map { promise in
            let id = promise.refundCase.id.text
            return [
                link(Link("cases", id)) { code(id) }, HTML(promise.kind == .response ? "answer" : "refund"),
                time(promise.due, from: now), promise.standing.pill, promise.refundCase.state.status.pill,
                money(promise.atStake),
            ]
        })
}

extension CalendarDate {
    /// `Mon` and so on.
    var weekday: String {
        // 1 January 1970 was a Thursday.
        let place = ((Int(dayNumber) + 3) % 7 + 7) % 7
        return ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][place]
    }
}
