import Foundation
import RefundPolicy
import StoreFilling
import Testing

@Suite("refund-worker cases archive")
struct CasesArchiveTests {
    /// A store with 700 finished cases of 2022 and 3 open ones; and where to archive them to.
    private func withStore(_ body: (_ url: String, _ file: String, _ ids: [String]) throws -> Void) throws {
        try Fixtures.inDirectory { directory in
            let store = directory.appending(path: "cases.sqlite").path
            let at = try #require(Instant("2022-02-22T09:30:00Z"))
            let ids = try StoreFilling(finished: 700, open: 3, at: at).fill(path: store)
            try body("sqlite:\(store)", directory.appending(path: "archive.jsonl").path, ids)
        }
    }

    private func archive(_ url: String, _ arguments: String...) throws -> Executable.Outcome {
        try Executable.run(["cases", "archive", "--older-than", "400d", "--store-url", url] + arguments)
    }

    @Test("what would be archived is said first, then done, and said again by cases show")
    func wholeWay() throws {
        try withStore { url, file, ids in
            let would = try archive(url, "--dry-run")
            #expect(would.status == 0)
            #expect(would.output.hasPrefix("would archive 700 cases (560 settled, 70 rejected, 70 withdrawn; "))
            #expect(!FileManager.default.fileExists(atPath: file))

            let first = try archive(url, "--to", file, "--limit", "450")
            #expect(first.output.hasPrefix("archived 450 cases ("))
            #expect(first.output.contains("run it again for more"))
            let second = try archive(url, "--to", file, "--json")
            let told = try #require(try second.objects().first)
            #expect(told["archived"] as? Int == 250)
            #expect(told["limit_reached"] as? Bool == false && told["cut_lines"] as? Int == 0)
            let counts = try #require(told["by_status"] as? [String: Int])
            #expect(counts.count == 3 && counts.values.reduce(0, +) == 250)

            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let written = try lines.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            #expect(written.map { $0["request_id"] as? String } == ids)
            #expect(written.allSatisfy { ($0["events"] as? [Any])?.isEmpty == false && $0["state"] != nil })

            let shown = try Executable.run(["cases", "show", ids[0], "--store-url", url])
            #expect(shown.status == 0)
            #expect(shown.output.contains("\(ids[0])  archived  settled"))
            let json = try Executable.run(["cases", "show", ids[0], "--store-url", url, "--json"]).objects().first
            #expect(json?["archived_at"] as? String == written[0]["archived_at"] as? String)
            let listed = try Executable.run(["cases", "list", "--store-url", url, "--json", "--limit", "1000"])
            #expect(try listed.objects().count == 3)
        }
    }

    @Test("younger cases are left alone")
    func young() throws {
        try withStore { url, file, _ in
            let outcome = try Executable.run(
                ["cases", "archive", "--older-than", "36500d", "--store-url", url, "--to", file])
            #expect(outcome.status == 0)
            #expect(outcome.output == "archived 0 cases to \(file)\n")
        }
    }

    @Test("a run that is killed in the middle of a line, or finds no room, is gone on with", arguments: [true, false])
    func interrupted(isKilled: Bool) throws {
        try withStore { url, file, ids in
            // No file may grow beyond 2 MB, so that the second batch does not fit.
            let script =
                #"ulimit -f 4096; exec env --\#(isKilled ? "default" : "ignore")-signal=XFSZ "$0" "$@""#
            let interrupted = try Executable.run(
                ["cases", "archive", "--older-than", "400d", "--store-url", url, "--to", file], script: script)
            let left = try Data(contentsOf: URL(filePath: file))
            if isKilled {
                #expect(interrupted.status == SIGXFSZ)
                #expect(left.last != UInt8(ascii: "\n"))
            } else {
                #expect(interrupted.status == 1)
                #expect(interrupted.errors.contains("make room there"))
                #expect(left.last == UInt8(ascii: "\n"))
            }
            let outcome = try archive(url, "--to", file)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == ids.count)
            for (id, line) in zip(ids, lines) { #expect(line.contains(#""request_id":"\#(id)""#)) }
        }
    }

    @Test("a file that is no archive, or can't be written, is an error that says what to do")
    func wrongFile() throws {
        try withStore { url, file, _ in
            try Data("mine\n".utf8).write(to: URL(filePath: file))
            let outcome = try archive(url, "--to", file)
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("no archive") && outcome.errors.contains("name another file"))
            #expect(try archive(url, "--to", file + "/x").status == 1)
        }
    }
}
