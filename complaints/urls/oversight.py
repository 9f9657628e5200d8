"""Looking over who opens what, below /oversight/."""

from django.urls import path

from complaints.views import oversight, oversight_reviews

app_name = "oversight"
urlpatterns = [
    path("", oversight.home, name="home"),
    path("reviews/", oversight_reviews.reviews, name="reviews"),
    path("reviews/<uuid:review_id>/", oversight_reviews.review, name="review"),
    path("reviews/<uuid:review_id>/answer/", oversight_reviews.judge, name="judge_review"),
    path("members/", oversight.find_member, name="find_member"),
    path("people/", oversight.find_person, name="find_person"),
    path("cases/", oversight.find_trail_of_case, name="find_case"),
    path("members/<uuid:member_id>/", oversight.member, name="member"),
    path("members/<uuid:member_id>/trail.<str:form>", oversight.take_member, name="take_member"),
    path("people/<uuid:user_id>/", oversight.person, name="person"),
    path("people/<uuid:user_id>/trail.<str:form>", oversight.take_person, name="take_person"),
    path("cases/<str:reference>/", oversight.case, name="case"),
    path("cases/<str:reference>/trail.<str:form>", oversight.take_case, name="take_case"),
]
