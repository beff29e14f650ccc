"""What is planted in ledgers, one function a mistake: rows changed so that an edit must see it.

Belongs here: the mistakes. Does not belong here: other files (`plants_people`), in whose files they are (`planted.yaml`), what must be found (the tests).
"""

from decimal import Decimal

from state import YEAR, pupils

LARGE = 100_000


def money(row) -> Decimal:
    """The amount of a line."""
    return Decimal(row["Amount"])


def set_money(row, amount) -> None:
    """Write an amount to the cent."""
    row["Amount"] = str(Decimal(amount).quantize(Decimal("0.01")))


def add(row, amount) -> None:
    """Add to the amount of a line."""
    set_money(row, money(row) + Decimal(amount))


def actual(rows, account_class="expenditure") -> list[dict]:
    """Lines of actual amounts of one account class."""
    return [row for row in rows if (row["Account Class"], row["Amount Type"]) == (account_class, "actual")]


def multiply_all(rows, factor) -> None:
    """All spending times a factor."""
    for row in actual(rows):
        set_money(row, money(row) * Decimal(factor))


def _grow(rows, state, lea_id, rate) -> None:
    """Spending grows against last year's by a rate."""
    last = sum(money(row) for row in actual(state.rows(lea_id, "ledger", YEAR - 1)))
    multiply_all(rows, last * (1 + Decimal(rate)) / sum(map(money, actual(rows))))


def multiplied(rows, state, lea_id, factor):
    """All spending times a factor."""
    multiply_all(rows, factor)


def opening(rows, state, lea_id, dollars):
    """A fund opens apart from where it closed."""
    add(actual(rows, "opening_balance")[0], dollars)


def credit_beside_pay(rows, state, lea_id, _):
    """What a function spends on things is booked as a credit: its pay is more than the function."""
    functions = {}
    for name, amount, _last, places in state.accounts(lea_id):
        functions.setdefault(name.split()[2], []).append((name, amount, places))
    for accounts in functions.values():
        things = [one for one in accounts if one[0].split()[3] >= "300"]
        size = sum(amount for _, amount, _ in things)
        if len(accounts) > len(things) > 0 and 0 < size < 20_000:
            for _, _, places in things:
                for place in places:
                    set_money(rows[place], -money(rows[place]))
            return
    raise AssertionError("no function with pay and few other things")


def school_emptied(rows, state, lea_id, _):
    """What a school spent is booked at another of its kind, but for one line that pays nobody."""
    levels = state.school_levels(lea_id)
    sums = {}
    for row in actual(rows):
        if row["School ID"]:
            sums[row["School ID"]] = sums.get(row["School ID"], 0) + money(row)
    alike = {}
    for school in sorted(sums, key=sums.get):
        alike.setdefault(levels[school], []).append(school)
    group = max(alike.values(), key=len)
    emptied, filled = group[0], group[-1]
    lines = [row for row in actual(rows) if row["School ID"] == emptied]
    kept = next(row for row in lines if not row["Object Code"].startswith(("1", "2")))
    for row in lines:
        if row is not kept:
            row["School ID"] = filled


def local_as_state(rows, state, lea_id, _):
    """Local revenue is booked as the state's."""
    for row in actual(rows, "revenue"):
        if row["Source Code"].startswith("1"):
            row["Source Code"] = "31100"


def averaged(rows, state, lea_id, _):
    """All spending of schools is booked centrally, but ten dollars a pupil at each."""
    lines = [row for row in actual(rows) if row["School ID"]]
    sizes = pupils(state.rows(lea_id, "membership"))
    pattern = next(row for row in lines if not row["Object Code"].startswith(("1", "2")))
    schools = {row["School ID"] for row in lines}
    for row in lines:
        row["School ID"], row["Location Type"] = "", "central"
    for school in sorted(schools):
        line = pattern | {"School ID": school, "Location Type": "school"}
        set_money(line, 10 * sizes[school])
        rows.append(line)


def balance(rows, state, lea_id, months):
    """The general fund closes with so many months of spending."""
    year = sum(map(money, actual(rows)))
    lines = [row for row in actual(rows, "closing_balance") if row["Fund Code"] in ("010", "020")]
    for row in lines:
        set_money(row, 0)
    set_money(lines[0], year * Decimal(months) / 12)


def grown(rows, state, lea_id, rate):
    """Spending grows against last year's by a rate."""
    _grow(rows, state, lea_id, rate)


def function_grows(rows, state, lea_id, rate):
    """A function of more than 700,000 dollars grows against last year by a rate."""
    now, last, lines = {}, {}, {}
    for sums, year in ((now, YEAR), (last, YEAR - 1)):
        for name, amount in state.sums[lea_id, year].items():
            if name.startswith("expenditure"):
                code = name.split()[2]
                sums[code] = sums.get(code, 0) + amount
    for name, amount, _last, places in state.accounts(lea_id):
        lines.setdefault(name.split()[2], []).append((amount, places))
    code = next(one for one in sorted(lines) if 700_000 < last.get(one, 0) < 6_000_000)
    wanted = last[code] * (1 + Decimal(rate)) - now[code]
    factor = 1 + wanted / sum(amount for amount, _ in lines[code])
    for _amount, places in lines[code]:
        for place in places:
            set_money(rows[place], money(rows[place]) * factor)


def _pair(state, lea_id, first, second):
    """Two accounts of one fund and function, the first meeting one condition, the second another."""
    accounts = state.accounts(lea_id)
    for one in accounts:
        for other in accounts:
            if one[0] != other[0] and one[0].split()[1:3] == other[0].split()[1:3] and first(*one) and second(*other):
                return one, other
    raise AssertionError("no such accounts")


def _move(rows, source, target, dollars) -> None:
    add(rows[source[3][0]], -Decimal(dollars))
    add(rows[target[3][0]], dollars)


def new_account(rows, state, lea_id, dollars):
    """Part of a large account stands under an object that the district never used."""
    used = {row["Object Code"] for row in rows} | {row["Object Code"] for row in state.rows(lea_id, "ledger", YEAR - 1)}
    part = Decimal(dollars)
    pay = [one for one in state.accounts(lea_id) if one[0].split()[3].startswith("1")]
    line = max((rows[place] for one in pay for place in one[3]), key=money)
    code = next(one for one in state.objects(line["Object Code"][:1]) if one not in used)
    rows.append(line | {"Object Code": code, "Amount": str(part), "Payee Type": ""})
    add(line, -part)


def lost_account(rows, state, lea_id, _):
    """A large account stands under the object of another."""
    lost, kept = _pair(
        state, lea_id,
        lambda name, now, last, places: last is not None and LARGE < last < 3 * LARGE and now > 0,
        lambda name, now, last, places: last is not None and last > LARGE,
    )  # fmt: skip
    target = rows[kept[3][0]]
    for place in lost[3]:
        rows[place]["Object Code"], rows[place]["Payee Type"] = target["Object Code"], target["Payee Type"]


def turned(rows, state, lea_id, _):
    """A large account stands with the other sign, and its function adds to the same."""
    first, second = _pair(
        state, lea_id,
        lambda name, now, last, places: last is not None and min(now, last) > LARGE and max(now, last) < 3 * LARGE,
        lambda name, now, last, places: last is not None and min(now, last) > 0,
    )  # fmt: skip
    _move(rows, first, second, 2 * first[1])


def repeated_account(rows, state, lea_id, size):
    """An account shows last year's amount to the cent."""
    first, second = _pair(
        state, lea_id,
        lambda name, now, last, places: last is not None and int(size) < last < 3 * int(size),
        lambda name, now, last, places: last is not None and min(now, last) > 0,
    )  # fmt: skip
    _move(rows, first, second, first[1] - first[2])


def last_year(rows, state, lea_id, noise):
    """Last year's books under this year's label, each amount changed by the noise."""
    rows[:] = state.rows(lea_id, "ledger", YEAR - 1)
    for number, row in enumerate(rows):
        row["Fiscal Year"] = str(YEAR)
        year, rest = row["Posting Date"].split("-", 1) if row["Posting Date"] else ("", "")
        row["Posting Date"] = f"{int(year) + 1}-{rest}".replace("-02-29", "-02-28") if year else ""
        set_money(row, money(row) * (1 + Decimal(noise) * (number % 3 - 1)))


def nines(rows, state, lea_id, most):
    """The amounts of small accounts begin with 9."""
    for _name, amount, _last, places in state.accounts(lea_id):
        if 10 < amount < int(most):
            near = [Decimal(95) * 10**power / 10 for power in range(6)]
            add(rows[places[0]], min(near, key=lambda one: abs(one - amount)) - amount)


def outside_schools(rows, state, lea_id, share):
    """Part of the schools' spending is booked outside the schools."""
    lines = [row for row in actual(rows) if row["School ID"] and money(row) > 0]
    left = Decimal(share) * sum(map(money, actual(rows)))
    for row in lines:
        if left > 0 and not row["Object Code"].startswith("1"):
            left -= money(row)
            row["School ID"], row["Location Type"] = "", "non_school"


def as_it_is(rows, state, lea_id, _):
    """Nothing changes but the layout's name."""
