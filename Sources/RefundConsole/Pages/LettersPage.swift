internal import RefundMessages
internal import RefundPolicy
internal import RefundService

func lettersPage(_ model: LettersModel, for viewer: Viewer) -> HTML {
    let isBusy = model.jobs.contains { !$0.isOver }
    return page("Dead letters", in: .dead, for: viewer, live: Section.dead.link.text, refresh: isBusy ? 3 : nil) {
        if !model.jobs.isEmpty {
            section("What is done to them", id: "jobs", live: true) { jobs(model.jobs, viewer) }
        }
        section("By code and source", id: "groups", live: true) {
            if model.groups.isEmpty {
                tag("p", .class("empty")) { "There are no dead letters." }
            } else {
                groups(model.groups)
            }
            if model.lookedAt < model.waiting {
                tag("p", .class("hint")) {
                    "There are \(grouped("\(model.waiting)")); these are the oldest \(grouped("\(model.lookedAt)"))."
                }
            }
        }
    }
}

private func groups(_ groups: [LetterGroup]) -> HTML {
    table(
        "Dead letters by code and source",
        [
            Column("Code"), Column("From"), Column("Letters", isNumeric: true), Column("Last 24 hours"),
            Column("Newest"),
        ],
        groups.map { group in
            [
                link(group.link) { code(group.key.code) }, code(group.key.source), number(group.letters.count),
                spark(group), group.letters.compactMap(\.diedAt).max().map { time($0) } ?? HTML("–"),
            ]
        })
}

extension LetterGroup {
    var link: Link { Link("dead", "group", query: [("code", key.code), ("source", key.source)]) }
}

private func spark(_ group: LetterGroup) -> HTML {
    let most = max(group.hours.max() ?? 0, 1)
    return tag(
        "svg", .class("spark"), Attribute("viewBox", "0 0 \(LetterGroup.hourCount * 5) 20"), Attribute("role", "img"),
        .label("\(group.hours.reduce(0, +)) in the last 24 hours, \(group.hours.last ?? 0) in the last one")
    ) {
        for (place, count) in group.hours.enumerated() {
            let height = count == 0 ? 1 : max(3, count * 20 / most)
            tag(
                "rect", .class(count == 0 ? "none" : "bar"), Attribute("x", "\(place * 5)"),
                Attribute("y", "\(20 - height)"),
                Attribute("width", "4"), Attribute("height", "\(height)"))
        }
    }
}

/// A group of letters, and what would come of their replay.
func letterGroupPage(_ group: LetterGroup, _ forecast: ReplayForecast, for viewer: Viewer) -> HTML {
    page("\(group.key.code) from \(group.key.source)", in: .dead, for: viewer) {
        tag("p") { "\(counted(group.letters.count, "dead letter"))." }
        section("What a replay would do", id: "forecast") {
            outlook(forecast, group.letters.count)
            if !viewer.isReadOnly {
                tag("div", .class("actions")) {
                    act("/dead/group/replay", "Replay all \(grouped("\(group.letters.count)"))", group, viewer)
                    act("/dead/group/discard", "Discard all \(grouped("\(group.letters.count)"))", group, viewer)
                }
                tag("p", .class("hint")) {
                    "A discard can be undone for \(Int(LetterGroup.grace.components.seconds)) seconds."
                }
            }
        }
        section("The letters", id: "letters") { letters(group) }
        tag("p") { link(Section.dead.link) { "All dead letters" } }
    }
}

extension LetterGroup {
    static let grace = Duration.seconds(30)
}

private func act(_ address: String, _ title: String, _ group: LetterGroup, _ viewer: Viewer) -> HTML {
    tag("form", Attribute("method", "post"), Attribute("action", address)) {
        proof(viewer)
        hidden("code", group.key.code)
        hidden("source", group.key.source)
        hidden("count", "\(group.letters.count)")
        tag("button", address.hasSuffix("replay") ? .class("main") : nil) { title }
    }
}

private func outlook(_ forecast: ReplayForecast, _ all: Int) -> HTML {
    let refusals = forecast.refusals.sorted { $0.key < $1.key }
    let barred = forecast.barred.sorted { $0.key.rawValue < $1.key.rawValue }
    return tag("div") {
        tag("ul") {
            if forecast.changes > 0 {
                tag("li") { "\(counted(forecast.changes, "letter")) would change a case or open one." }
            }
            if forecast.repeats > 0 { tag("li") { "\(counted(forecast.repeats, "letter")) would change nothing." } }
            if forecast.waits > 0 {
                tag("li") { "\(counted(forecast.waits, "letter")) would wait for their request, which has not come." }
            }
            for (code, count) in refusals {
                tag("li") { "\(counted(count, "letter")) would come back as \(code)." }
            }
            for (refusal, count) in barred {
                tag("li") { "\(counted(count, "letter")) can't be replayed: \(refusal.rawValue)." }
            }
        }
        if forecast.lookedAt < all {
            tag("p", .class("hint")) {
                "Told from the oldest \(forecast.lookedAt). The workers decide each as it comes."
            }
        }
    }
}

private func letters(_ group: LetterGroup) -> HTML {
    let shown = group.letters.prefix(100)
    return tag("div") {
        table(
            "Letters", [Column("Letter"), Column("Request"), Column("Type"), Column("Since"), Column("Detail")],
            shown.map { letter in
                [
                    link(letter.link) { letter.record.messageID.map(code) ?? HTML("without an id") },
                    letter.record.requestID.map { id in link(Link("cases", id)) { code(id) } } ?? HTML("–"),
                    code(letter.record.type), letter.diedAt.map { time($0) } ?? HTML("–"), HTML(letter.record.detail),
                ]
            })
        if shown.count < group.letters.count { tag("p", .class("hint")) { "The oldest \(shown.count)." } }
    }
}

extension QueuedDeadLetter {
    var link: Link { Link("dead", "letter", record.fingerprint) }
}
