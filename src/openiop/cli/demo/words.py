"""What the demo's staff and clients write."""

from __future__ import annotations

NARRATIVES = (
    "The group named outside cues that came up over the week and ranked them by how often they appear. Members "
    "practiced one way to leave a risky place early, in pairs, and chose one to try tonight.",
    "Psychoeducation on how cravings rise, peak and pass within about half an hour. Members timed an urge from memory, "
    "drew its curve, and listed what they did while it passed.",
    "Skills practice: cold water, paced breathing and paired muscle relaxation. Each member rated distress before and "
    "after and picked the one that fits their day.",
    "Members wrote a short chain from situation to thought to feeling to action, then changed one link. The group "
    "looked for where a small change would have cost the least.",
    "Guided sitting practice of ten minutes, then an inquiry round about noticing and returning. Members planned a "
    "three-minute pause around a fixed daily event.",
    "Role play of saying no to an offer three ways: short, kind, and with a reason to leave. Members gave each other "
    "one thing that worked.",
    "The group looked at sleep over the past week, named two habits that help, and each member chose a bedtime anchor.",
    "Discussion of people who support recovery and people who make it harder. Members drew their circle and planned "
    "one call before the weekend.",
)
LINES_GOOD = (
    "Shared two cues from home and how leaving the kitchen helped. Used the skill without prompting.",
    "Gave specific feedback to peers; linked the topic to the plan goal about evenings.",
    "Practiced refusal out loud and asked for a second round. Will use it at the family dinner on Saturday.",
    "Described an urge on the bus and rode it out with breathing; proud of it, rightly.",
    "Wrote a full chain and found the link to change: the phone call at lunch.",
    "Connected poor sleep to cravings the next day; chose a fixed bedtime to test this week.",
)
LINES_MIXED = (
    "Quiet at first, joined in the pair exercise. Named work stress as the main cue; follow up in individual session.",
    "Tired after a night shift. Took part in practice, left the sharing round to others.",
    "Unsure that the skill would work at home; agreed to try it once and report back.",
    "Spoke about an argument with a sibling; used grounding in the room and stayed.",
)
LINES_HARD = (
    "Reported use on the weekend. Stayed the whole session, listened, and asked for a talk afterward.",
    "High craving today, 8 of 10. Stayed with staff after group; safety reviewed, no danger named.",
    "Struggled to stay in the room; took two short breaks and came back both times.",
)
INDIVIDUAL_LINES = (
    "Reviewed the week against the plan. Worked on the chain from payday to use and wrote a plan for Friday.",
    "Motivational work on the reasons to stop drinking at home; client named three, the children first.",
    "Went through the diary of cravings; highest after calls with a former partner. Agreed on a boundary and a script.",
    "Talked about return to work and how to tell a supervisor about the schedule. Practiced the sentence.",
)
CLIENT_GOALS = (
    "I want to be there when my kids wake up, and mean it.",
    "I want to get through a Friday without a drink.",
    "I want my license back and my job to trust me again.",
    "I want to sleep without taking something.",
    "I want my mother to stop worrying every time the phone rings.",
    "I want to finish my course this year.",
)
PROBLEMS = (
    ("return_to_use", "Alcohol most evenings, more since working from home; cravings strongest after 6 PM."),
    ("return_to_use", "Stimulant use on paydays, about twice a month, with the same two friends."),
    ("mental", "Low mood and poor sleep since the separation; PHQ-9 in the moderate range at intake."),
    ("environment", "Shares a home with someone who drinks; no quiet place in the evening."),
    ("motivation", "Wants to stop, not sure that treatment will help; came at the family's request."),
)
OBJECTIVES = (
    "Name the three strongest cues and practice one skill for each.",
    "Attend all three days a week for four weeks.",
    "Use the evening plan on five of seven days.",
    "Lower the PHQ-9 score by five points.",
    "Call one supportive person before each weekend.",
)
CHECK_IN_NOTES = (
    "",
    "",
    "",
    "Walked home the long way.",
    "Slept badly, still made it.",
    "Payday today. Called my sister first.",
    "Good talk with my counselor.",
    "The breathing thing worked on the bus.",
)
INQUIRY_MESSAGES = (
    "I work days and can only come in the evening. Is there room?",
    "My son came home from the hospital on Tuesday. We do not know what to do next.",
    "I stopped drinking nine days ago and I do not want to do this alone.",
    "Does my insurance cover this? I would rather talk than write.",
)
