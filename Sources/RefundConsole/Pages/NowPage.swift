internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// What goes on now.
struct NowModel: Sendable {
    /// Cases by status, as they were counted last; `nil` before the first count.
    var seen: Watching.Seen?
    var activity: Activity
    var queues: Result<[QueueFigure], PageProblem>
    var workers: [WorkerStatus]
    var overdue: Int
    var isOverdueCut: Bool
    /// Messages in the store that wait for their request, at most `parkedLimit`.
    var parked: Int
    /// Why the store's figures are missing or old.
    var storeProblem: String?

    static let parkedLimit = 1_000
    static let overdueLimit = 1_000
}

func nowPage(_ model: NowModel, for viewer: Viewer) -> HTML {
    page("Now", in: .now, for: viewer, live: Section.now.link.text) {
        section("What needs somebody", id: "needs", live: true) {
            if let problem = model.storeProblem {
                notice(.bad, "The store can't be read") { tag("p") { problem } }
            }
            needs(model)
        }
        section("The last hour", id: "hour", live: true) { hour(model.activity) }
        section("Queues", id: "queues", live: true) {
            queues(model.queues)
            waiting(model, viewer.now)
        }
        section("Workers", id: "workers", live: true) { workers(model, viewer.now) }
        section("All cases", id: "all", live: true) { allCases(model, viewer.now) }
    }
}

private func needs(_ model: NowModel) -> HTML {
    func count(_ status: CaseStatus) -> Int? { model.seen?.counts[status] }
    let dead = (try? model.queues.get())?.first { $0.holds == "dead letters" }?.messages
    return tag("ul", .class("figures")) {
        figure(count(.attention), "need attention", Link("review"), .bad)
        figure(count(.inReview), "in review", Link("review"), .warning)
        figure(
            model.storeProblem == nil ? model.overdue : nil, "promises missed",
            Link("cases", query: [("deadline", "overdue")]), .bad, isCut: model.isOverdueCut)
        figure(dead, "dead letters", Link("dead"), .warning)
        figure(
            model.storeProblem == nil ? model.parked : nil, "messages parked", Link("parked"), .plain,
            isCut: model.parked == NowModel.parkedLimit)
        if let held = model.seen?.backlog.withheldPayouts, held > 0 {
            figure(
                held, "payouts held", Section.payouts.link, .bad, isCut: held >= StoreBacklog.countedMessages)
        }
        figure(count(.approved), "on their way", Link("cases", query: [("status", "approved")]), .plain)
    }
}

private func figure(_ count: Int?, _ what: String, _ target: Link, _ tone: Tone, isCut: Bool = false) -> HTML {
    let isCalm = (count ?? 0) == 0
    return tag("li") {
        link(target, .class("figure \(isCalm ? Tone.plain.rawValue : tone.rawValue)")) {
            tag("span", .class("value")) { count.map { grouped("\($0)") + (isCut ? "+" : "") } ?? "–" }
            tag("span", .class("what")) { what }
        }
    }
}

private func hour(_ activity: Activity) -> HTML {
    let watched = activity.decided.compactMap(\.self).count
    return tag("div", .class("charts")) {
        hourChart("Came in", activity.opened.map { $0 }, activity)
        hourChart("Decided", activity.decided, activity)
        hourChart("Settled", activity.settled, activity)
        if watched < Activity.length {
            tag("p", .class("hint")) {
                "What was decided and settled is counted while this console runs: for \(watched) of the last 60 minutes "
                "so far. What came in is told by the store."
            }
        }
    }
}

private func hourChart(_ title: String, _ counts: [Int?], _ activity: Activity) -> HTML {
    let known = counts.compactMap(\.self)
    let total = known.reduce(0, +)
    let most = max(known.max() ?? 0, 1)
    let summary = "\(title): \(total) in the last hour, at most \(known.max() ?? 0) in a minute"
    return tag("figure", .class("chart")) {
        tag("figcaption") {
            tag("span", .class("what")) { title }
            tag("span", .class("value")) { known.isEmpty ? "–" : grouped("\(total)") }
        }
        tag(
            "svg", Attribute("viewBox", "0 0 600 100"), Attribute("preserveAspectRatio", "none"),
            Attribute("role", "img"), .label(summary)
        ) {
            for (place, count) in counts.enumerated() {
                minuteBar(place, count, most: most, at: activity.minutes[place])
            }
        }
        tag("p", .class("axis"), Attribute("aria-hidden", "true")) {
            tag("span") { "60 min ago" }
            tag("span") { "most \(grouped("\(known.max() ?? 0)"))/min" }
            tag("span") { "now" }
        }
    }
}

private func minuteBar(_ place: Int, _ count: Int?, most: Int, at minute: Instant) -> HTML {
    guard let count else {
        return tag(
            "rect", .class("unknown"), Attribute("x", "\(place * 10)"), Attribute("y", "98"), Attribute("width", "8"),
            Attribute("height", "2"))
    }
    let height = count == 0 ? 1 : max(3, count * 96 / most)
    return tag(
        "rect", .class(count == 0 ? "none" : "bar"), Attribute("x", "\(place * 10)"), Attribute("y", "\(100 - height)"),
        Attribute("width", "8"), Attribute("height", "\(height)")
    ) {
        tag("title") { "\(minute.shortText) UTC: \(count)" }
    }
}

private func queues(_ queues: Result<[QueueFigure], PageProblem>) -> HTML {
    switch queues {
    case .failure(let problem):
        notice(.bad, "The broker can't be asked") { tag("p") { problem.text } }
    case .success(let figures):
        table(
            "Queues",
            [Column("Queue"), Column("Holds"), Column("Waiting", isNumeric: true), Column("Read by", isNumeric: true)],
            figures.map { figure in
                [
                    code(figure.name), HTML(figure.holds), number(figure.messages),
                    figure.consumers == 0 && figure.isOurs
                        ? pill("nobody", .bad) : HTML(counted(figure.consumers, "consumer")),
                ]
            })
    }
}

/// What the queues' depths don't tell: how old what waits is.
private func waiting(_ model: NowModel, _ now: Instant) -> HTML {
    guard let seen = model.seen else { return HTML("") }
    let unsent = seen.backlog.unsentMessages
    let isCut = unsent >= StoreBacklog.countedMessages
    return facts([
        (
            "Not yet with the broker",
            seen.backlog.oldestUnsentAt.map { oldest in
                HTML("\(counted(unsent, "message"))\(isCut ? " or more" : ""), the oldest committed ")
                    + time(oldest, from: now)
            } ?? HTML("nothing")
        ),
        (
            "The latest request was taken",
            seen.latestWait.map { HTML("\(max($0, .zero).spanText) after its customer had asked") }
        ),
    ])
}

private func workers(_ model: NowModel, _ now: Instant) -> HTML {
    guard !model.workers.isEmpty else {
        let consumers = (try? model.queues.get())?.first { $0.isOurs }?.consumers
        return tag("p", .class("hint")) {
            consumers.map { "\(counted($0, "lane")) take requests from the broker. " } ?? ""
            "To see each worker and lane here, name the workers' HTTP addresses by console.workers."
        }
    }
    return tag("ul", .class("workers")) {
        for worker in model.workers { tag("li") { workerCard(worker, now) } }
    }
}

private func workerCard(_ worker: WorkerStatus, _ now: Instant) -> HTML {
    switch worker.report {
    case .unreachable(let problem):
        return tag("p", .class("name")) {
            code(worker.address.description)
            pill("unreachable", .bad)
            tag("span", .class("reason")) { problem }
        }
    case .told(let name, let version, let lanes):
        let head = tag("p", .class("name")) {
            tag("strong") { name ?? worker.address.description }
            tag("span", .class("reason")) {
                [name == nil ? nil : worker.address.description, version].compactMap(\.self).joined(separator: ", ")
            }
        }
        return head
            + table(
                "Lanes of \(name ?? worker.address.description)",
                [Column("Lane"), Column("State"), Column("Since"), Column("Why")],
                lanes.map { lane in
                    [
                        HTML(lane.name), pill(lane.state, lane.reason == nil ? .good : .warning),
                        lane.since.map { time($0, from: now) } ?? HTML("–"), HTML(lane.reason ?? "–"),
                    ]
                })
    }
}

private func allCases(_ model: NowModel, _ now: Instant) -> HTML {
    guard let seen = model.seen else { return tag("p", .class("hint")) { "They have not been counted yet." } }
    return table(
        "Cases by status", [Column("Status"), Column("Cases", isNumeric: true)],
        CaseStatus.allCases.map { status in
            [
                link(Link("cases", query: [("status", status.rawValue)])) { status.pill },
                number(seen.counts[status] ?? 0),
            ]
        })
        + tag("p", .class("hint")) {
            "Counted "
            time(seen.at, from: now)
            "."
        }
}
