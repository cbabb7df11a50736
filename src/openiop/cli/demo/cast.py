"""Who is in the demo center. Every name is made up; the mailboxes cannot receive mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from openiop.shared.access import Role
from openiop.site.doors import DEMO_DOMAIN

FIRST_NAMES = (  # noqa: SIM905 - a name a line would be two pages
    "Aaron Abby Adrian Aisha Alejandra Amir Andre Angela Anita Anthony Ava Beatriz Ben Bianca Brandon Bridget "
    "Caleb Camila Carmen Cedric Chloe Claire Cody Corinne Damon Daniela Darius Deborah Derek Diego Dominic "
    "Eduardo Eileen Eli Elise Emmett Erica Esther Fatima Felix Gabriela Gavin Gloria Graham Hana Heather Ines "
    "Irene Isaac Ivan Jada Jamal Janelle Jared Jasmine Joel Jonah Joy Julian Kara Keith Kelsey Kendra Kevin "
    "Lamar Leah Leonard Lila Logan Lorena Lucas Lydia Malik Marcus Maribel Marisol Mason Maya Micah Miguel "
    "Mina Naomi Nathan Nia Noel Olive Omar Paige Pedro Quinn Rafael Renee Reuben Rhea Ricardo Robin Rosalind "
    "Ruby Samir Selena Seth Shawna Silas Simone Sofia Stella Tamika Teresa Theo Tobias Trevor Valerie Vera "
    "Victor Violet Wade Wendell Whitney Xavier Yara Yusuf Zachary"
).split()
LAST_NAMES = (  # noqa: SIM905 - a name a line would be two pages
    "Abbott Acosta Alvarez Archer Baldwin Barnes Beckett Benitez Bishop Boone Brandt Briggs Calloway Cardenas "
    "Carver Castillo Chandler Chavez Clayton Cole Connor Cortez Crane Dalton Delgado Dillon Donovan Draper "
    "Dunn Ellison Emerson Espinoza Farrell Fischer Fleming Flores Forsyth Fuentes Gallagher Garrison Gibbs "
    "Grady Guerra Hadley Hale Harmon Hendrix Holloway Ibarra Ingram Jacobs Jarvis Keane Kendall Knox Lambert "
    "Larkin Lawson Lozano Madden Malone Marsh Mercado Merritt Mills Montoya Nash Nolan Novak Ochoa Odom "
    "Osborne Pacheco Parrish Pike Prescott Quintero Ramsey Rhodes Rivas Rowland Salazar Sawyer Serrano "
    "Sheridan Slater Solis Stanton Sutton Talbot Thorne Tobin Tran Underwood Vance Vargas Vaughn Villa Walden "
    "Weaver Whitaker Wilder Winslow Wyatt Xiong Yates York Zamora"
).split()


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff. `mailbox` of the people behind the demo's doors is the name of their role."""

    mailbox: str
    first_name: str
    last_name: str
    credentials: str
    title: str
    roles: tuple[Role, ...]

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DEMO_DOMAIN}"


STAFF = (
    Person("administrator", "Helen", "Marsh", "MHA", "Administrator", (Role.ADMINISTRATOR,)),
    Person("director", "Priya", "Raman", "LCSW, LADC", "Clinical director", (Role.DIRECTOR,)),
    Person("admissions", "Tom", "Okafor", "LPN", "Admissions coordinator", (Role.ADMISSIONS,)),
    Person("intake", "Grace", "Lindqvist", "LPC", "Intake clinician", (Role.ADMISSIONS, Role.COUNSELOR)),
    Person("scheduler", "Lena", "Fox", "", "Scheduler", (Role.SCHEDULER,)),
    Person("counselor", "Jamie", "Park", "LCSW", "Counselor, morning track", (Role.COUNSELOR,)),
    Person("m.ortiz", "Marta", "Ortiz", "LPC", "Counselor, morning track", (Role.COUNSELOR,)),
    Person("d.hughes", "Daniel", "Hughes", "LADC", "Counselor, afternoon track", (Role.COUNSELOR,)),
    Person("n.bell", "Nora", "Bell", "LMFT", "Family counselor", (Role.COUNSELOR,)),
    Person("s.reyes", "Sam", "Reyes", "LADC", "Counselor, evening track", (Role.COUNSELOR,)),
    Person("k.adeyemi", "Kemi", "Adeyemi", "LCSW", "Counselor, evening track", (Role.COUNSELOR,)),
    Person("w.tanaka", "Will", "Tanaka", "CPRS", "Peer support specialist", (Role.COUNSELOR,)),
)


def names(random: Random, count: int) -> list[tuple[str, str]]:
    """So many different full names."""
    pairs = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    return random.sample(pairs, count)


def birth_date(random: Random, today: date) -> date:
    """Someone between 19 and 63."""
    return date(today.year - random.randint(20, 63), random.randint(1, 12), random.randint(1, 28))
