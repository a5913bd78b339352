"""A second, deliberately plain reading of `evaluation` in screening.yaml, straight over the documents' own dicts.

It shares no code with the engine, so that the two can be held against each other on random cases.
"""

from datetime import date, timedelta

ORDER = ["CLEAR", "CAUTION", "RESTRICT", "INCOMPLETE", "REFER", "STOP"]


def day(value):
    return date.fromisoformat(value)


def is_day(value):
    return isinstance(value, str) and value[:4].isdigit()


def true(cond, answers, today):
    if "all" in cond:
        return all(true(part, answers, today) for part in cond["all"])
    if "any" in cond:
        return any(true(part, answers, today) for part in cond["any"])
    answer = answers.get(cond["q"])
    if answer is None:
        return False
    ((op, wanted),) = [(key, value) for key, value in cond.items() if key != "q"]
    if op in ("equals", "equals_num"):
        return answer == wanted
    if op == "in":
        return answer in wanted
    if op == "includes_any":
        return bool(set(answer) & set(wanted))
    if op == "not_empty":
        return answer != []
    if op == "answered":
        return answer not in ("", "none", [], ["none"])
    if op in ("lt", "lte", "gt", "gte"):
        return {"lt": answer < wanted, "lte": answer <= wanted, "gt": answer > wanted, "gte": answer >= wanted}[op]
    if not is_day(answer):
        return False
    since = (today - day(answer)).days
    if op == "is_date":
        return True
    if op == "in_future":
        return since < 0
    if op == "days_since_lte":
        return 0 <= since <= wanted
    assert op == "days_since_between"
    return wanted[0] <= since <= wanted[1]


def dated_questions(cond):
    if "q" in cond:
        return {cond["q"]} if any(key.startswith("days_since") for key in cond) else set()
    return set().union(*(dated_questions(part) for part in cond.get("all", []) + cond.get("any", [])))


def covering_letter(rule, letters, answers, today):
    for letter in letters:
        if rule["slug"] not in letter["covers"]:
            continue
        issued = day(letter["issued_on"])
        ends = issued + timedelta(days=rule["clearance"]["valid_days"])
        events = [day(answers[q]) for q in dated_questions(rule["when"]) if is_day(answers.get(q))]
        if issued > today or today > ends or any(issued < event for event in events):
            continue
        if letter.get("valid_until") and today > day(letter["valid_until"]):
            continue
        return letter["id"]
    return None


def screen(doc, given, letters, today):
    """overall, urgency, findings as a set of (rule, outcome, letter), and the effects in force with the answers."""
    answers, findings = {}, []
    for q in doc["questions"]:
        value = given.get(q["slug"])
        applies = q["ask_at"] != ["before_each_session"] and ("ask_if" not in q or true(q["ask_if"], answers, today))
        if value == "not_sure":
            value = None
            if applies and q["not_sure"] in ("treat_as_yes", "treat_as_both"):
                value = q["not_sure"].removeprefix("treat_as_")
            elif applies and q["not_sure"] == "an_answer":
                value = "not_sure"
            elif applies and q["not_sure"] == "incomplete":
                findings.append(("unsure:" + q["slug"], "INCOMPLETE", None))
                continue
        if q["answer_type"] == "multi_choice" and "not_sure" in (value or []):
            value = [item for item in value if item != "not_sure"]
            if applies:
                findings.append(("unsure:" + q["slug"], "INCOMPLETE", None))
                if not value:
                    continue
        if q["answer_type"] == "multi_choice" and value == []:
            value = None
        too_few = value is None or (q.get("min_marks") and len(value) < q["min_marks"])
        if applies and q["required"] and too_few:
            findings.append(("unanswered:" + q["slug"], "INCOMPLETE", None))
        answers[q["slug"]] = value
    assumed = {}
    for check in doc["consistency_checks"]:
        if true(check["when"], answers, today):
            findings.append(("contradiction:" + check["slug"], "INCOMPLETE", None))
            assumed.update(check["assume"])
    for q in doc["questions"]:
        value = answers.get(q["slug"])
        if q["answer_type"] == "multi_choice" and value and "none" in value and len(value) > 1:
            findings.append(("contradiction:none-with-others:" + q["slug"], "INCOMPLETE", None))
    answers.update(assumed)
    urgencies, effects = [], []
    for q in doc["questions"]:
        for rule in q["rules"]:
            if not true(rule["when"], answers, today):
                continue
            outcome, letter, in_force = rule["outcome"], None, rule.get("effects", [])
            if outcome == "REFER" and (letter := covering_letter(rule, letters, answers, today)):
                outcome, in_force = rule["after_clearance"]["outcome"], rule["after_clearance"].get("effects", [])
            if outcome == "STOP":
                urgencies.append(rule["urgency"])
            findings.append((rule["slug"], outcome, letter))
            effects += [(rule["slug"], effect) for effect in in_force]
    overall = max((finding[1] for finding in findings), key=ORDER.index, default="CLEAR")
    urgency = next((u for u in ("emergency", "same_day", "defer") if u in urgencies), None)
    return overall, urgency, set(findings), effects, answers


def leaves(catalog, slug):
    region = next(region for region in catalog["regions"] if region["slug"] == slug)
    return {slug} if region["leaf"] else set().union(*(leaves(catalog, part) for part in region["parts"]))


def sides_of(answer):
    return {"both": {"left", "right"}, "left": {"left"}, "right": {"right"}}.get(answer, set())


def step_effect(effect, step, side, answers, catalog, today):
    """None, "excluded", ("pressure", rank, level) or ("seconds", n)."""
    technique = next(t for t in catalog["techniques"] if t["slug"] == step["technique"])
    zone = next((z for z in catalog["zones"] if z["slug"] == step["zone"]), None)
    ranks = {level["slug"]: level["rank"] for level in catalog["pressure_levels"]}
    zone_leaves = set().union(*(leaves(catalog, r) for r in zone["regions"])) if zone else set()

    def marked(question):
        marks = answers.get(question) or []
        return any(side in sides_of(m["side"]) and leaves(catalog, m["region"]) & zone_leaves for m in marks)

    if effect["type"] == "max_seconds":
        too_long = step["duration_s"] is not None and step["duration_s"] > effect["seconds"]
        return ("seconds", effect["seconds"]) if too_long else None
    if "at_from" in effect and not marked(effect["at_from"]):
        return None
    if effect["type"] == "max_pressure":
        if ranks[technique["pressure"]["min"]] > ranks[effect["level"]]:
            return "excluded"
        too_hard = ranks[step["pressure"]] > ranks[effect["level"]]
        return ("pressure", ranks[effect["level"]], effect["level"]) if too_hard else None
    if effect["type"] == "allow_only":
        sides = set()
        for source in effect["sides_from_any"]:
            if "if" not in source or true(source["if"], answers, today):
                sides |= sides_of(answers.get(source["q"]))
        inside = set().union(*(leaves(catalog, r) for r in effect["regions"]))
        passes = zone is None or zone_leaves <= inside or step["technique"] in effect["techniques"]
        return "excluded" if side in sides and not passes else None
    if effect["type"] == "note":
        return None
    if "sides_from" in effect and side not in sides_of(answers.get(effect["sides_from"])):
        return None
    if "sides_from_locations" in effect:
        marks = answers.get(effect["sides_from_locations"]) or []
        if not any(side in sides_of(mark["side"]) for mark in marks):
            return None
    tools = effect.get("tools", [])
    by_tool = step.get("tool") in tools
    if not step.get("tool"):
        by_tool = bool(technique["tools"]) and set(technique["tools"]) <= set(tools)
    hit = (
        any(leaves(catalog, region) & zone_leaves for region in effect.get("regions", []))
        or ("regions_from" in effect and marked(effect["regions_from"]))
        or step["zone"] in effect.get("zones", [])
        or step["technique"] in effect.get("techniques", [])
        or technique["family"] in effect.get("families", [])
        or (zone is not None and zone["tradition"] in effect.get("traditions", []))
        or by_tool
        or (effect.get("weight_bearing") and technique.get("weight_bearing", False))
    )
    return "excluded" if hit else None


def states(overall, effects, steps, answers, catalog, today):
    """step -> side -> (state, set of rules)."""
    result = {}
    for step in steps:
        sides = ["left", "right"] if step["side"] == "both" else [step["side"]]
        for side in sides:
            if ORDER.index(overall) > 2:
                found = ("blocked", frozenset())
            else:
                hits = [(rule, step_effect(e, step, side, answers, catalog, today)) for rule, e in effects]
                hits = [(rule, hit) for rule, hit in hits if hit]
                caps = [hit for _rule, hit in hits]
                levels = sorted(cap[1:] for cap in caps if cap[0] == "pressure")
                seconds = sorted(cap[1] for cap in caps if cap[0] == "seconds")
                state = "allowed"
                if "excluded" in caps:
                    state = "excluded"
                elif levels:
                    state = f"reduce_pressure:{levels[0][1]}"
                elif seconds:
                    state = f"shorten:{seconds[0]}"
                found = (state, frozenset(rule for rule, _hit in hits))
            result.setdefault(str(step["step"]), {})[side] = found
    return result
